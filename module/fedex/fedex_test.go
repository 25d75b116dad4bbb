package fedex_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/fedex"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/money"
)

// carrier is a simulator on loopback with settings that it accepts; changes to them go in pairs of name and value.
func carrier(t *testing.T, changes ...string) (*fedexsim.Simulator, map[string]any) {
	t.Helper()
	sim := fedexsim.New(fedexsim.Config{ClientID: "l7-id", ClientSecret: "s3cret-of-fedex", Account: "740561073", Hang: 5 * time.Second})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	settings := map[string]any{"apiBase": server.URL + "/", "clientId": "l7-id", "clientSecret": "s3cret-of-fedex", "accountNumber": "740561073",
		"originStreet": "Kai 1", "originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE"}
	for i := 0; i < len(changes); i += 2 {
		settings[changes[i]] = changes[i+1]
	}
	return sim, settings
}

// request sends 12.5 kg in two parcels to Munich.
func request() module.RateRequest {
	return module.RateRequest{To: module.Place{Company: "Bau GmbH", Street: "Isarweg 2", PostalCode: "80331", City: "München", Region: "DE-BY", Country: "DE"},
		Parcels:  []module.Parcel{{Weight: decimal.NewFromInt(10)}, {Weight: decimal.RequireFromString("2.5")}},
		Subtotal: money.Of(decimal.NewFromInt(480), "EUR"), Language: "de"}
}

func TestShipping(t *testing.T) {
	sim, settings := carrier(t)
	_, refused := carrier(t, "apiBase", settings["apiBase"].(string), "clientSecret", "another")
	moduletest.Shipping(t, moduletest.ShippingCase{Module: fedex.New(), Settings: settings, Refused: refused, Request: request(),
		Misbehave: func(_ *testing.T, trouble moduletest.Trouble) {
			sim.Control(fedexsim.Settings{Reset: true})
			if trouble != moduletest.None {
				sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: string(trouble), Count: 100, RetryAfter: 2}}})
			}
		}})
}
