// Package fedex asks FedEx what it costs to send parcels, by the REST interface of developer.fedex.com.
package fedex

import (
	"net/url"
	"strings"

	"github.com/hanse-commerce/hanse/module"
)

// Module is the integration module "fedex". It is safe for use from several goroutines; all it keeps are access tokens.
type Module struct {
	tokens *tokens
}

// New makes the module.
func New() *Module { return &Module{tokens: newTokens()} }

func init() { module.Register(New()) }

// Info implements module.Module.
func (m *Module) Info() module.Info {
	return module.Info{
		Name: "fedex", Title: "FedEx",
		Doc:      "Offers FedEx services at the rates and transit times that FedEx quotes for the parcels, and links to its tracking page.",
		Settings: Settings(),
	}
}

// ShippingTraits implements module.Shipping.
func (m *Module) ShippingTraits(s module.Settings) module.ShippingTraits {
	return module.CarrierTraits(s, "FedEx")
}

// TrackingURL implements module.Shipping: FedEx's public tracking page.
func (m *Module) TrackingURL(s module.Settings, number string) string {
	page := s["trackingUrl"]
	if page == "" {
		page = trackingPage
	}
	if number = strings.TrimSpace(number); number == "" || !strings.HasPrefix(page, "https://") && !strings.HasPrefix(page, "http://") {
		return "" // a link of another scheme could run a script in the buyer's page
	}
	return strings.ReplaceAll(page, "{number}", url.QueryEscape(number))
}
