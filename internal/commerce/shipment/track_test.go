package shipment_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/fedex"
)

// A carrier that is a channel of the seller's shows where each parcel is, whatever of its names the sender uses.
func TestTrackingPages(t *testing.T) {
	y := newYard(t)
	registry := &module.Registry{}
	if err := registry.Add(fedex.New()); err != nil {
		t.Fatal(err)
	}
	y.Runner = y.NewRunnerWith(order.Services{DB: y.Pool, Outbox: commercetest.NewOutbox(y.House), Methods: payment.Methods{Registry: registry}})
	y.Insert("channel", map[string]any{"code": "express", "name": "Express", "kind": "fedex", "settings": `{"trackingUrl": "https://track.test/{number}"}`})
	page := func(number string) (text string) {
		y.Scan(&text, `SELECT concat_ws(' ', carrier, tracking_url, parcels->0->>'trackingUrl') FROM shipment WHERE number = $1`, number)
		return text
	}
	for i, c := range []struct{ carrier, want string }{
		{"express", "express https://track.test/79+4 https://track.test/795"},
		{"FedEx Express", "FedEx Express https://track.test/79+4 https://track.test/795"},
		{"FEDEX", "FEDEX https://track.test/79+4 https://track.test/795"},
		{"Bicycle", "Bicycle"},
		{"", ""},
	} {
		number := []string{"D1", "D2", "D3", "D4", "D5"}[i]
		input := object{"number": number, "trackingNumber": "79 4", "lines": []any{line(10, "1")}, "parcels": []any{object{"trackingNumber": "795", "weight": "1.5"}}}
		if c.carrier != "" {
			input["carrier"] = c.carrier
		}
		y.step("a shipment by "+c.carrier, y.do("ship", input), "")
		y.step("its page", page(number), c.want)
	}
	before := y.changes()
	y.step("a resend", y.do("ship", object{"number": "D1", "carrier": "express", "trackingNumber": "79 4", "lines": []any{line(10, "1")},
		"parcels": []any{object{"trackingNumber": "795", "weight": "1.5"}}}), "")
	if y.changes() != before {
		t.Error("a resend with parcels changed something")
	}
	y.Exec(`UPDATE channel SET settings = '{"trackingUrl": "javascript:alert(1)"}'`)
	y.step("a page that is none", y.do("ship", object{"number": "D6", "carrier": "express", "trackingNumber": "1", "lines": []any{line(10, "1")}}), "")
	y.step("it", page("D6"), "express")
}
