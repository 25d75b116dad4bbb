package payment_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"

	_ "github.com/hanse-commerce/hanse/module/banktransfer"
	_ "github.com/hanse-commerce/hanse/module/terms"
)

// within does something as another area does, in a transaction that locks the order first, and then settles.
func (p *paid) within(do func(ctx context.Context, tx pgx.Tx) ([]change.Entry, error)) string {
	p.T.Helper()
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, p.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT FROM sales_order WHERE id = $1 FOR NO KEY UPDATE", p.order); err != nil {
			return err
		}
		entries, err := do(ctx, tx)
		if err != nil {
			return err
		}
		return change.Append(ctx, tx, p.Caller, entries...)
	})
	var refused *command.Error
	if errors.As(err, &refused) {
		return refused.Code()
	}
	if err != nil {
		p.T.Error(err)
	}
	p.settle(p.two)
	return p.state()
}

func (p *paid) shipped(due string, final bool) string {
	p.T.Helper()
	return p.within(func(ctx context.Context, tx pgx.Tx) ([]change.Entry, error) {
		return payment.CaptureShipped(ctx, tx, p.Caller, p.order, euros(decimal.RequireFromString(due)), final)
	})
}

// What was shipped is taken, told by what all shipments so far are worth: told again, nothing more.
func TestCaptureFollowsShipment(t *testing.T) {
	c := newCounter(t)
	p := c.open("till", "100", "tok_good")
	if got := p.shipped("40", false); got != "authorized 100/0/0" {
		t.Errorf("before it was authorized: %s", got)
	}
	for _, s := range []struct {
		due   string
		final bool
		want  string
	}{
		{"40", false, "partlyCaptured 100/40/0"}, {"40", false, "partlyCaptured 100/40/0"}, {"30", false, "partlyCaptured 100/40/0"},
		{"75.5", false, "partlyCaptured 100/75.5/0"}, {"100", true, "captured 100/100/0"}, {"100", true, "captured 100/100/0"},
	} {
		if got := p.shipped(s.due, s.final); got != s.want {
			t.Errorf("shipped %s: %s, want %s", s.due, got, s.want)
		}
	}
	for _, s := range []struct{ first, last, want string }{
		{"40", "80", "captured 100/80/0"}, // what is left is let go
		{"40", "40", "captured 100/40/0"},
		{"0", "0", "voided 100/0/0"},
		{"40", "130", "captured 100/100/0"}, // no more than was authorized
	} {
		p := c.open("till", "100", "tok_good")
		p.settle(c.one)
		p.shipped(s.first, false)
		if got := p.shipped(s.last, true); got != s.want {
			t.Errorf("shipped %s, and %s for good: %s, want %s", s.first, s.last, got, s.want)
		}
		if strings.HasPrefix(c.gateway.has(p.attempt), "authorized") {
			t.Errorf("the gateway still has %s", c.gateway.has(p.attempt))
		}
	}
	c.Exec(`UPDATE channel SET settings = '{"capture": "manual"}' WHERE id = $1`, c.channel)
	p = c.open("till", "100", "tok_good")
	p.settle(c.one)
	if got := p.shipped("40", false); got != "authorized 100/0/0" {
		t.Errorf("where staff captures: %s", got)
	}
}

// A shipment is told to be the last while the capture of one before it still waits: the rest is let go behind it, but not where
// it comes to nothing.
func TestLastShipmentBehindACaptureThatWaits(t *testing.T) {
	c := newCounter(t)
	for want, refused := range map[string]error{"captured 100/40/0": nil, "authorized 100/0/0": trouble(module.Refused)} {
		p := c.open("till", "100", "tok_good")
		p.settle(c.one)
		c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
		p.shipped("40", false)
		for range 2 {
			if got := p.shipped("40", true); got != "authorized 100/0/0" {
				t.Error(got)
			}
		}
		c.gateway.before = func(r module.PaymentRequest) error {
			if r.Action == module.Capture {
				return refused
			}
			return nil
		}
		for range 3 {
			c.hasty()
			c.sweep(c.two)
		}
		p.want(want)
		if got := c.gateway.has(p.attempt); got != want {
			t.Errorf("the gateway has %s, want %s; %s", got, want, p.steps())
		}
		c.gateway.before = nil
	}
	p := c.open("till", "100", "tok_good") // the capture that waits lets go by itself
	p.settle(c.one)
	c.gateway.before = func(module.PaymentRequest) error { return trouble(module.Connection) }
	p.shipped("40", true)
	p.shipped("40", true)
	if got := p.steps(); got != "capture 40 pending unreachable" {
		t.Error(got)
	}
}

func TestCancelAndRefundOfAnOrder(t *testing.T) {
	c := newCounter(t)
	cancel := func(p *paid) string {
		return p.within(func(ctx context.Context, tx pgx.Tx) ([]change.Entry, error) {
			return payment.Cancel(ctx, tx, p.Caller, p.order, "changed his mind")
		})
	}
	refund := func(p *paid, much, currency string) string {
		return p.within(func(ctx context.Context, tx pgx.Tx) ([]change.Entry, error) {
			return payment.Refund(ctx, tx, p.Caller, p.order, money.Of(decimal.RequireFromString(much), currency), "came back")
		})
	}
	p := c.open("till", "100", "tok_good")
	p.settle(c.one)
	if got := refund(p, "1", "EUR"); got != "nothing_to_refund" {
		t.Error(got)
	}
	p.run(c.one, "capture", amount("60"))
	for _, s := range []struct{ amount, currency, want string }{
		{"60.01", "EUR", "amount_too_high"}, {"1", "USD", "invalid_amount"}, {"0.001", "EUR", "invalid_amount"}, {"-1", "EUR", "invalid_amount"},
		{"20", "EUR", "partlyCaptured 100/60/20"},
	} {
		if got := refund(p, s.amount, s.currency); got != s.want {
			t.Errorf("refund %s %s: %s, want %s", s.amount, s.currency, got, s.want)
		}
	}
	if got := cancel(p); got != "partlyRefunded 100/60/20" || c.gateway.has(p.attempt) != "captured 100/60/20" {
		t.Errorf("%s; the gateway has %s", got, c.gateway.has(p.attempt))
	}
	p = c.open("till", "100", "tok_sca")
	p.settle(c.one)
	if got := cancel(p); got != "voided 0/0/0 cancelled" || c.gateway.has(p.attempt) != "voided 0/0/0" {
		t.Errorf("%s; the gateway has %s", got, c.gateway.has(p.attempt))
	}
	if got := cancel(p); got != "voided 0/0/0 cancelled" {
		t.Error(got)
	}
	p = c.open("till", "100", "tok_good") // nobody was asked yet
	if got := cancel(p); got != "voided 0/0/0 cancelled" || c.gateway.has(p.attempt) != "nothing" {
		t.Errorf("%s; the gateway has %s", got, c.gateway.has(p.attempt))
	}
	none := &paid{counter: c, order: p.id, id: p.id}
	if got := refund(none, "1", "EUR"); got != "nothing_to_refund" {
		t.Errorf("an order without a payment: %s", got)
	}
}

// Where no gateway is asked the order stands at once, and staff notes what has arrived.
func TestWithoutGateway(t *testing.T) {
	terms, _ := module.Default.Get("terms")
	transfer, _ := module.Default.Get("banktransfer")
	c := newCounter(t, terms, transfer)
	c.Insert("channel", map[string]any{"code": "bank", "name": "Bank transfer", "kind": "banktransfer",
		"settings": `{"accountHolder": "Acme", "iban": "DE89370400440532013000"}`})
	for _, method := range []string{payment.OnAccount, "bank"} {
		p := c.open(method, "100", "")
		p.want("authorized 100/0/0")
		for _, s := range []struct {
			name  string
			input map[string]any
			got   string
			state string
		}{
			{"capture", amount("100.01"), "amount_too_high", "authorized 100/0/0"},
			{"capture", amount("60"), "succeeded", "partlyCaptured 100/60/0"},
			{"refund", amount("10"), "succeeded", "partlyCaptured 100/60/10"},
			{"refresh", nil, "partlyCaptured 100/60/10", "partlyCaptured 100/60/10"},
			{"capture", map[string]any{"amount": "30", "final": true}, "succeeded", "partlyRefunded 100/90/10"},
			{"capture", nil, "not_authorized", "partlyRefunded 100/90/10"},
			{"refund", nil, "succeeded", "refunded 100/90/90"},
		} {
			if got := p.run(c.one, s.name, s.input); got != s.got {
				t.Errorf("%s: %s %v: %s, want %s", method, s.name, s.input, got, s.got)
			}
			p.want(s.state)
		}
		p = c.open(method, "100", "")
		if got := p.run(c.two, "cancel", nil); got != "succeeded" {
			t.Error(got)
		}
		p.want("voided 100/0/0")
	}
	if len(c.gateway.calls) != 0 {
		t.Errorf("a gateway was asked %v", c.gateway.calls)
	}
}

func TestMethods(t *testing.T) {
	c := newCounter(t)
	other := c.Insert("website", map[string]any{"code": "other", "name": "Other"})
	c.Insert("channel_website", map[string]any{"channel_id": c.channel, "website_id": other})
	c.Exec(`UPDATE channel SET label = '{"de": "Karte", "en": "Card"}', position = 2 WHERE id = $1`, c.channel)
	c.Insert("channel", map[string]any{"code": "broken", "name": "Broken", "kind": "till", "settings": `{"capture": "never"}`})
	c.Insert("channel", map[string]any{"code": "off", "name": "Off", "kind": "till", "enabled": false})
	c.Insert("channel", map[string]any{"code": "paused", "name": "Paused", "kind": "till", "paused_at": "2026-01-01"})
	c.Insert("channel", map[string]any{"code": "all", "name": "For all", "kind": "till", "settings": `{"capture": "order"}`})
	for website, want := range map[string]string{c.Website: "all", other: "all Karte", "": "all Karte"} {
		var titles []string
		err := pgx.BeginFunc(context.Background(), c.Pool, func(tx pgx.Tx) error {
			methods := payment.Methods{Registry: c.registry}
			offered, err := methods.Offered(context.Background(), tx, c.Organization, website)
			for _, m := range offered {
				titles = append(titles, strings.Replace(m.Title("de"), "For all", "all", 1))
			}
			_, found, _ := methods.Find(context.Background(), tx, c.Organization, website, "till")
			if found != strings.Contains(want, "Karte") {
				t.Errorf("in %s the till is found: %t", website, found)
			}
			return err
		})
		if got := strings.Join(titles, " "); err != nil || got != want {
			t.Errorf("website %q offers %q, want %q; %v", website, got, want, err)
		}
	}
}
