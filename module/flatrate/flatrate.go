// Package flatrate ships at an amount that the company sets: per order, per kilogram or per parcel.
package flatrate

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// Module is the integration module "flatrate". It asks nobody.
type Module struct{}

// New makes the module.
func New() *Module { return &Module{} }

func init() { module.Register(New()) }

// Info implements module.Module.
func (*Module) Info() module.Info {
	return module.Info{Name: "flatrate", Title: "Flat rate",
		Doc: "Ships at an amount per order, per kilogram or per parcel, and for nothing from a subtotal on.", Settings: Settings()}
}

// Settings are what a channel of this module can be told.
func Settings() resource.Fields {
	return resource.Fields{
		resource.Text("name").Max(100).Default("Standard delivery").Required().Doc("What buyers read."),
		resource.Text("service").Max(64).Default("STANDARD").Required().Doc("Code of the service on orders."),
		resource.Decimal("amount", 18, 4).Positive().Required().Eg("9.90").Doc("What shipping costs."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of the amounts; orders of another are not offered the service."),
		resource.Enum("per", "order", "kilogram", "parcel").Default("order").Required().Doc("What the amount is for."),
		resource.Decimal("freeFrom", 18, 4).Positive().Doc("Subtotal of the goods from which on shipping costs nothing; never if empty."),
		resource.Decimal("parcelWeight", 8, 3).Positive().Unit("kg").Doc("Most that goes into one parcel; without it all goes into one."),
		resource.Text("countries").Max(1000).Eg("DE AT").Doc("Countries that are served, separated by blanks; all if empty."),
		resource.Integer("days").Positive().Doc("Days in transit that buyers are told; none if empty."),
	}
}

// ShippingTraits implements module.Shipping.
func (*Module) ShippingTraits(s module.Settings) module.ShippingTraits {
	most, _ := decimal.NewFromString(s["parcelWeight"]) // checked when it was set; none is no limit
	return module.ShippingTraits{ParcelWeight: most}
}

// Rates implements module.Shipping. The amount is rounded once.
func (*Module) Rates(_ context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	s := c.Settings
	amount, err := decimal.NewFromString(s["amount"])
	if err != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "no_amount", Detail: "the flat rate has no amount; fill in the setting amount", Err: err}
	}
	countries := strings.Fields(s["countries"])
	if s["currency"] != r.Subtotal.Currency || len(countries) > 0 && !slices.Contains(countries, r.To.Country) {
		return nil, nil
	}
	often := times(s["per"], r.Parcels)
	if often.IsZero() { // nothing would be carried for nothing
		return nil, &module.Error{Class: module.Invalid, Code: "no_weight", Detail: "the goods have no weight, and the setting per is " + s["per"]}
	}
	rate := module.Rate{Service: s["service"], Name: s["name"], Amount: money.Of(amount.Mul(often), s["currency"]).Round()}
	if free, err := decimal.NewFromString(s["freeFrom"]); err == nil && r.Subtotal.Number.GreaterThanOrEqual(free) {
		rate.Amount.Number = decimal.Zero
	}
	rate.Days, _ = strconv.Atoi(s["days"]) // none is not told
	return []module.Rate{rate}, nil
}

// times is how often the amount is due.
func times(per string, parcels []module.Parcel) decimal.Decimal {
	switch per {
	case "kilogram":
		var sum decimal.Decimal
		for _, p := range parcels {
			sum = sum.Add(decimal.Max(p.Weight, decimal.Zero))
		}
		return sum
	case "parcel":
		return decimal.NewFromInt(int64(len(parcels)))
	}
	return decimal.NewFromInt(1)
}

// TrackingURL implements module.Shipping: there is no such page.
func (*Module) TrackingURL(module.Settings, string) string { return "" }
