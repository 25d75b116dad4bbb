package order_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// gateway keeps what was asked of it. Tokens say what the bank will: "ok", "declined", anything else sends the buyer to a page.
type gateway struct {
	mu       sync.Mutex
	payments map[string]*module.PaymentState // by attempt
	calls    int
	down     bool
}

func (g *gateway) Pay(_ context.Context, _, _ string, r module.PaymentRequest) (*module.PaymentState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls++; g.down {
		return nil, &module.Error{Class: module.Connection, Code: "unreachable", Detail: "The gateway does not answer."}
	}
	s := g.payments[r.Attempt]
	if r.Action != module.Authorize {
		for _, s = range g.payments {
			if s.Reference == r.Reference {
				break
			}
		}
	}
	switch {
	case r.Action == module.Cancel:
		s.Status = module.PaymentVoided
	case r.Action == module.Capture:
		s.Status, s.Captured = module.PaymentCaptured, r.Amount
	case r.Action == module.Refund:
		s.Refunded = money.Of(s.Refunded.Number.Add(r.Amount.Number), r.Amount.Currency)
	case s == nil:
		s = &module.PaymentState{Status: module.PaymentRequiresAction, Reference: fmt.Sprintf("pay_%d", len(g.payments)+1), Attempt: r.Attempt,
			Authorized: money.Of(r.Amount.Number.Sub(r.Amount.Number), r.Amount.Currency), NextURL: "https://bank.test/" + r.Attempt}
		g.payments[r.Attempt] = s
		switch r.Token {
		case "ok":
			approve(s, r.Amount)
		case "declined":
			s.Status, s.Code, s.NextURL = module.PaymentFailed, "declined", ""
		}
	}
	answer := *s
	if r.Action != module.Authorize {
		answer.Step = "step_" + r.Attempt
	}
	return &answer, nil
}

func approve(s *module.PaymentState, amount money.Amount) {
	s.Status, s.Authorized, s.NextURL = module.PaymentAuthorized, amount, ""
}

func (g *gateway) Look(_ context.Context, _, _ string, l module.PaymentLookup) (*module.PaymentState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for attempt, s := range g.payments {
		if s.Reference == l.Reference || attempt == l.Attempt {
			answer := *s
			return &answer, nil
		}
	}
	return nil, &module.Error{Class: module.Refused, Code: "unknown_payment", Detail: "There is no such payment."}
}

// each does something to all payments, as a buyer on the gateway's page does.
func (g *gateway) each(do func(s *module.PaymentState)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.payments {
		do(s)
	}
}

// away takes the gateway off the net, or puts it back.
func (g *gateway) away(is bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = is
}

// node is one process: commands and a desk for payments.
type node struct {
	*command.Runner
	desk *payment.Desk
}

// till is a shop that takes cards, on two nodes.
type till struct {
	*commercetest.Shop
	*gateway
	channel  string
	one, two *node
}

func newTill(t testing.TB) *till {
	t.Helper()
	s := ironmonger(t)
	c := &till{Shop: s, gateway: &gateway{payments: map[string]*module.PaymentState{}}, channel: s.Insert("channel", map[string]any{"code": "card", "name": "Card", "kind": "card"})}
	c.one, c.two = c.node(s.Pool), c.node(s.Pool)
	return c
}

func (c *till) node(pool *pgxpool.Pool) *node {
	c.T.Helper()
	outbox := commercetest.NewOutbox(c.House)
	desk := &payment.Desk{DB: pool, Gateways: c.gateway, Orders: order.Book{Outbox: outbox}, Registry: commercetest.Registry()}
	return &node{c.NewRunnerWith(order.Services{DB: pool, Outbox: outbox, Payments: desk}), desk}
}

// checkout is one of a bolt that is paid by card.
func (c *till) checkout(b commercetest.Buyer, address string) string {
	c.T.Helper()
	id := c.Checkout(c.Cart(b, oneBolt), address)
	c.Exec("UPDATE checkout SET payment_method = 'card' WHERE id = $1", id)
	return id
}

// place places a checkout at a node with a token.
func (c *till) place(n *node, b commercetest.Buyer, checkout, token string) (string, error) {
	id, _, err := c.Run(n.Runner, c.As(b), "checkouts", "place", checkout, map[string]any{"paymentToken": token, "returnUrl": "https://shop.test/back"}, "")
	return id, err
}

// states are what order, payment, checkout and cart are.
func (c *till) states(checkout string) string {
	c.T.Helper()
	return rows(c.Shop, `SELECT o.status AS order, o.payment_status AS paid, p.status AS payment, k.status AS checkout, c.status AS cart
		FROM checkout k JOIN cart c ON c.id = k.cart_id LEFT JOIN sales_order o ON o.id = k.order_id LEFT JOIN payment p ON p.order_id = o.id WHERE k.id = $1`, checkout)
}
