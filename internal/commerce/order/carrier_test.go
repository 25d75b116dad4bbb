package order_test

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// courier is a carrier with one service, at an amount that a test sets.
type courier struct{ amount decimal.Decimal }

func (*courier) Info() module.Info {
	return module.Info{Name: "courier", Title: "Courier", Doc: "A carrier for tests."}
}

// ShippingTraits: it takes all that is ordered, in one piece.
func (*courier) ShippingTraits(module.Settings) module.ShippingTraits {
	return module.ShippingTraits{Live: true}
}

func (*courier) TrackingURL(module.Settings, string) string { return "" }

func (c *courier) Rates(_ context.Context, _ *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	return []module.Rate{{Service: "ROAD", Name: "By road", Amount: money.Of(c.amount, r.Subtotal.Currency)}}, nil
}

// called are channels whose module is called without more ado.
type called struct{ *courier }

func (c called) Rates(ctx context.Context, _, _ string, r module.RateRequest) ([]module.Rate, error) {
	return c.courier.Rates(ctx, nil, r)
}

// couriered is a runner of a shop that has a channel of the courier.
func couriered(s *commercetest.Shop) (*courier, *command.Runner) {
	c, registry := &courier{}, &module.Registry{}
	if err := registry.Add(c); err != nil {
		s.T.Fatal(err)
	}
	s.Insert("channel", map[string]any{"code": "road", "name": "Road", "kind": "courier", "settings": map[string]any{}})
	s.Exec("UPDATE product SET weight = 0.5")
	desk := &shipping.Desk{DB: s.Pool, Registry: registry, Carriers: called{c}}
	return c, s.NewRunnerWith(order.Services{DB: s.Pool, Outbox: commercetest.NewOutbox(s.House), Shipping: desk})
}

// byCourier quotes a checkout, chooses the courier and gives the amount that the buyer is shown.
func byCourier(s *commercetest.Shop, runner *command.Runner, buyer commercetest.Buyer, checkout string) (shown decimal.Decimal) {
	s.T.Helper()
	s.Exec("UPDATE checkout SET shipping_method_id = NULL WHERE id = $1", checkout)
	s.Exec("DELETE FROM shipping_rate")
	if _, _, err := s.Run(runner, s.As(buyer), "checkouts", "quoteShipping", checkout, nil, ""); err != nil {
		s.T.Fatal(err)
	}
	var quote string
	var amount decimal.NullDecimal
	s.Scan(&quote, "SELECT id::text FROM shipping_quote WHERE checkout_id = $1 AND code = 'road:ROAD'", checkout)
	s.Scan(&amount, "SELECT amount FROM shipping_quote WHERE id = $1", quote)
	if c := s.Write(s.As(buyer), record.Update, "checkouts", resource.Ref{ID: checkout}, "shippingQuote", quote); c.Outcome == record.Failed {
		s.T.Fatal(c.Faults)
	}
	return amount.Decimal
}
