package shipping_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module/fedex"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
)

// FedEx, with a sealed secret and a token of its own, is offered with transit times; while it is down the shop's rate counts.
func TestFedEx(t *testing.T) {
	p := newDepot(t)
	sim := fedexsim.New(fedexsim.Config{ClientID: "id", ClientSecret: "hidden", Account: "740561073"})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	if err := p.desk.Registry.Add(fedex.New()); err != nil {
		t.Fatal(err)
	}
	id := p.channel("fedex", "fedex", map[string]string{"apiBase": server.URL, "clientId": "id", "accountNumber": "740561073", "originStreet": "Kai 1",
		"originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE", "parcelWeight": "20", "fallbackAmount": "19.90"})
	sealed, err := p.keys.Seal(secret.Place{Organization: p.Organization, Record: id, Field: "clientSecret"}, "hidden")
	if err != nil {
		t.Fatal(err)
	}
	p.Insert("channel_secret", map[string]any{"channel_id": id, "name": "clientSecret", "sealed": sealed})
	p.Exec("UPDATE shipping_method SET status = 'disabled'")

	offers := p.offers(p.consignment("5"))
	if len(offers) < 2 {
		t.Fatalf("FedEx offers %v", say(offers))
	}
	for _, o := range offers {
		if o.Kind != shipping.Live || !strings.HasPrefix(o.Code, "fedex:") || o.Name == "" ||
			!o.Amount.Number.IsPositive() || o.Days == 0 && o.Arrives.IsZero() || weights(o.Parcels) != "[20 20 10]" {
			t.Errorf("%+v", o)
		}
	}
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "503", Count: 100}}})
	p.Exec("DELETE FROM shipping_rate")
	if got := say(p.offers(p.consignment("5"))); len(got) != 1 || got[0] != "fedex:FALLBACK 19.9 fallback" {
		t.Errorf("while FedEx is down: %v", got)
	}
	var found int
	p.Scan(&found, "SELECT count(*) FROM shipping_rate WHERE shipping_rate::text LIKE '%hidden%'")
	if found != 0 {
		t.Error("the secret is in the cache")
	}
}
