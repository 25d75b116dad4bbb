// Package pickup lets buyers fetch their goods at places of the company, which costs nothing.
package pickup

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// Module is the integration module "pickup". It asks nobody.
type Module struct{}

// New makes the module.
func New() *Module { return &Module{} }

func init() { module.Register(New()) }

// Info implements module.Module.
func (*Module) Info() module.Info {
	return module.Info{Name: "pickup", Title: "Pick-up",
		Doc: "Lets buyers fetch their goods at places of the company, which costs nothing.", Settings: Settings()}
}

// Settings are what a channel of this module can be told.
func Settings() resource.Fields {
	return resource.Fields{
		resource.List("places", 100, resource.Fields{
			resource.Text("code").Max(64).Required().Doc("Code of the place on orders."),
			resource.Text("name").Max(100).Required().Doc("What the place is called."),
			resource.Text("street").Max(100).Doc("Street and number."),
			resource.Text("postalCode").Max(20).Doc("Postal code."),
			resource.Text("city").Max(60).Doc("City."),
			resource.Text("hours").Max(100).Eg("Mo-Fr 7-17").Doc("When it is open."),
		}).Required().Doc("Where goods can be fetched; each is a service of its own."),
	}
}

// place is one of the setting places.
type place struct {
	Code, Name, Street, PostalCode, City, Hours string
}

// ShippingTraits implements module.Shipping.
func (*Module) ShippingTraits(module.Settings) module.ShippingTraits {
	return module.ShippingTraits{PickUp: true}
}

// Rates implements module.Shipping: each place, for nothing.
func (*Module) Rates(_ context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	var places []place
	if err := json.Unmarshal([]byte(c.Settings["places"]), &places); err != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "no_places", Detail: "there is nowhere to fetch goods; fill in the setting places", Err: err}
	}
	rates, seen := make([]module.Rate, 0, len(places)), map[string]bool{}
	for _, p := range places {
		if !seen[p.Code] {
			seen[p.Code] = true
			rates = append(rates, module.Rate{Service: p.Code, Name: p.String(), Amount: money.Of(decimal.Zero, r.Subtotal.Currency)})
		}
	}
	return rates, nil
}

// String is the place in one line: "Main warehouse, Kai 1, 20457 Hamburg (Mo-Fr 7-17)".
func (p place) String() string {
	text := p.Name
	for _, part := range []string{p.Street, strings.TrimSpace(p.PostalCode + " " + p.City)} {
		if part != "" {
			text += ", " + part
		}
	}
	if p.Hours != "" {
		text += " (" + p.Hours + ")"
	}
	return text
}

// TrackingURL implements module.Shipping: there is nothing to track.
func (*Module) TrackingURL(module.Settings, string) string { return "" }
