package shipping_test

import (
	"context"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// A new organization offers its standard delivery, without any channel.
func TestStandard(t *testing.T) {
	h := commercetest.New(t)
	desk := &shipping.Desk{DB: h.Pool, Registry: &module.Registry{}}
	offers, err := desk.Offers(context.Background(), h.As(h.Buyer("1000")), shipping.Consignment{Organization: h.Organization,
		Website: h.Website, Currency: "EUR", Language: "de", Subtotal: money.Of(d("10"), "EUR")})
	if err != nil || len(offers) != 1 || offers[0].Code != "STANDARD" || offers[0].Name != "Standardversand" || offers[0].Kind != shipping.Fixed ||
		!offers[0].Amount.Number.IsZero() || offers[0].Method != h.ID("shipping_method", "code", "STANDARD") {
		t.Errorf("%+v, %v", offers, err)
	}
}
