// Package courier is an integration module: it prices parcels by a table of weights, as a courier's price list does.
package courier

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

func init() { module.Register(Module{}) }

// Module is the module "courier". It asks nobody.
type Module struct{}

// Info implements module.Module.
func (Module) Info() module.Info {
	return module.Info{Name: "courier", Title: "Courier", Doc: "Carries parcels at the rates of a table by weight.", Settings: resource.Fields{
		resource.Text("name").Max(100).Default("Courier").Required().Doc("What buyers read."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of the table; orders of another are not carried."),
		resource.List("table", 100, resource.Fields{
			resource.Decimal("upTo", 8, 3).Positive().Required().Unit("kg").Doc("Heaviest parcel that the rate is for."),
			resource.Decimal("amount", 18, 4).Positive().Required().Doc("What such a parcel costs."),
		}).Required().Doc("The rates. A parcel that is heavier than all of them is not carried."),
		resource.Text("countries").Max(1000).Default("DE").Required().Doc("Countries that are served, separated by blanks."),
		resource.Integer("days").Positive().Default("1").Doc("Days in transit."),
	}}
}

// row is one rate of the table.
type row struct {
	UpTo   decimal.Decimal `json:"upTo"`
	Amount decimal.Decimal `json:"amount"`
}

// table gives the rates, the lightest first.
func table(s module.Settings) ([]row, error) {
	var rows []row
	if err := json.Unmarshal([]byte(s["table"]), &rows); err != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "no_table", Detail: "the setting table is not a list of upTo and amount", Err: err}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.UpTo.Cmp(b.UpTo) })
	return rows, nil
}

// ShippingTraits implements module.Shipping: no parcel is heavier than the table goes.
func (Module) ShippingTraits(s module.Settings) module.ShippingTraits {
	rows, err := table(s)
	if err != nil || len(rows) == 0 {
		return module.ShippingTraits{}
	}
	return module.ShippingTraits{ParcelWeight: rows[len(rows)-1].UpTo}
}

// Rates implements module.Shipping.
func (Module) Rates(_ context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	s := c.Settings
	if s["currency"] != r.Subtotal.Currency || !slices.Contains(strings.Fields(s["countries"]), r.To.Country) {
		return nil, nil
	}
	rows, err := table(s)
	if err != nil {
		return nil, err
	}
	sum := decimal.Zero
	for _, p := range r.Parcels {
		i := slices.IndexFunc(rows, func(w row) bool { return p.Weight.LessThanOrEqual(w.UpTo) })
		if i < 0 {
			return nil, nil
		}
		sum = sum.Add(rows[i].Amount)
	}
	days, err := strconv.Atoi(s["days"])
	if err != nil {
		return nil, fmt.Errorf("the setting days: %w", err)
	}
	return []module.Rate{{Service: "COURIER", Name: s["name"], Amount: money.Of(sum, s["currency"]).Round(), Days: days}}, nil
}

// TrackingURL implements module.Shipping: there is no such page.
func (Module) TrackingURL(module.Settings, string) string { return "" }
