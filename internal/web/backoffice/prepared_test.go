package backoffice

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// prepared answers what the stories need besides records, in one of several moods.
type prepared struct{ guest, empty, broken bool }

var at = time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)

func (p prepared) User(context.Context) (User, bool) {
	return User{Name: "Nancy Davolio", Email: "admin@acme.test", Organization: "Acme GmbH", Zone: time.FixedZone("CET", 3600)}, !p.guest
}

func (p prepared) SignIn(context.Context, string, string) error {
	return &page.Invalid{Problems: []page.Problem{{Text: "E-mail or password is not right."}}}
}

func (p prepared) SignOut(context.Context) error { return nil }

func (p prepared) Home(context.Context) (Home, error) {
	if p.broken {
		return Home{}, errors.New("the database is gone")
	}
	if p.empty {
		return Home{}, nil
	}
	return Home{
		Attention: []Attention{
			{Kind: "failedRuns", Count: 2, Tone: "bad", Oldest: at, URL: "/admin/exchanges?status=partlyDone", First: []Waiting{
				{Text: "products_20261124.csv", Detail: "3 failed of 1,204", URL: "/admin/exchanges/e2", At: at},
				{Text: "MATMAS05_0000000000104711_with_a_long_name_20261124T083002Z.xml", Detail: "1 failed of 1", URL: "/admin/exchanges/e3", At: at}}},
			{Kind: "unacknowledgedOrders", Count: 1, Tone: "warn", Oldest: at, URL: "/admin/records/orders", First: []Waiting{
				{Text: "100042", Detail: "Alfreds Futterkiste", URL: "/admin/records/orders/o1", At: at}}},
			{Kind: "blockedCustomers", Count: 4, Tone: "warn", URL: "/admin/records/customers?is.orderBlock=true"},
		},
		Counts: []Count{{Type: "products", Value: 77}, {Type: "customers", Value: 91}, {Type: "orders", Value: 830}, {Type: "prices", Value: 10000000}},
		Recent: p.summaries()[:4],
	}, nil
}

func (p prepared) summaries() []ExchangeSummary {
	return []ExchangeSummary{
		{ID: "e1", Name: "inventory_20261124.csv", Kind: "inventory", Direction: "in", Partner: "SAP PI", Status: "processing", At: at, Counts: Counts{Read: 41200, Updated: 1200, Unchanged: 40000}},
		{ID: "e2", Name: "products_20261124.csv", Kind: "products", Direction: "in", Partner: "SAP PI", Status: "partlyDone", At: at, Counts: Counts{Read: 1204, Created: 1150, Updated: 51, Failed: 3, Warnings: 2}},
		{ID: "e3", Name: "MATMAS05_0000000000104711_with_a_long_name_20261124T083002Z.xml", Kind: "MATMAS05", Direction: "in", Partner: "SAP PI", Status: "refused", At: at},
		{ID: "e4", Name: "orders_20261124T083002Z_0000000000100042.xml", Kind: "ORDERS05", Direction: "out", Partner: "SAP PI", Status: "done", At: at, Counts: Counts{Read: 1, Created: 1}},
		{ID: "e5", Name: "customers.csv", Kind: "customers", Direction: "in", Partner: "Middleware", Status: "received", At: at},
	}
}

func (p prepared) Exchanges(context.Context, ExchangeQuery) (ExchangeList, error) {
	if p.empty {
		return ExchangeList{}, nil
	}
	return ExchangeList{Exchanges: p.summaries(), Total: 243, Partners: []page.Option{{Value: "SAP", Text: "SAP PI"}, {Value: "MW", Text: "Middleware"}}}, nil
}

func (p prepared) Exchange(_ context.Context, id string) (Exchange, error) {
	for _, s := range p.summaries() {
		if s.ID != id {
			continue
		}
		e := Exchange{ExchangeSummary: s, Point: "files", Channel: "SAP production", PartnerURL: "/admin/records/partners/p1", Started: at, Finished: at.Add(12 * time.Second),
			Attempt: 1, Size: 1048576, Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Original: true, Result: true, CanAgain: true}
		switch id {
		case "e1":
			e.Started, e.Finished, e.Estimate, e.Result, e.CanAgain = time.Now().Add(-9*time.Second), time.Time{}, 120000, false, false
		case "e2":
			e.Attempt, e.DuplicateOf = 2, &Link{"products_20261123.csv", "/admin/exchanges/e0"}
		case "e3":
			e.Reason, e.Result = "The XML is not well-formed: line 14: element E1MARAM closed by E1MAKTM. Send the document again as a whole.", false
		case "e4":
			e.Reference, e.Record = "0000000000100042", &Link{"Order 100042", "/admin/records/orders/o1"}
			e.Handover = []Milestone{{"sent", "done", at, ""}, {"collected", "done", at.Add(time.Minute), "moved to archive/"}, {"accepted", "waiting", time.Time{}, ""}}
		}
		return e, nil
	}
	return Exchange{}, ErrNotFound
}

func (p prepared) Errors(_ context.Context, id, class string, _, _ int) (Errors, error) {
	if id != "e2" {
		return Errors{}, nil
	}
	return Errors{Groups: []ErrorGroup{{"value", 2}, {"missing", 3}}, Total: 120, Errors: []Error{
		{Line: 17, Key: "NW-017", Field: "price", Class: "value", Code: "negative", Detail: "The price is -3.00. A price is zero or more."},
		{Line: 1204, Key: "NW-A-VERY-LONG-PART-NUMBER-0123456789-ABCDEFGH", Field: "unit", Class: "value", Code: "unknown_unit", Detail: "The unit “XYZ” is neither a UN/ECE code nor an alias. Add an alias, or correct the file."},
		{Line: 44, Key: "NW-044", Field: "category", Class: "missing", Code: "unknown_category", Detail: "There is no category “Teas”. The product was taken without it.", Warning: true, Count: 212},
		{Class: "missing", Code: "unknown_column", Detail: "The column “colour” is not known and was left out.", Warning: true, Count: 1}}}, nil
}

func (p prepared) Content(_ context.Context, id, part string) (Content, error) {
	if id != "e2" {
		return Content{}, ErrNotFound
	}
	return Content{Name: `products "1".csv`, Size: 4, ReadCloser: io.NopCloser(strings.NewReader("sku\n"))}, nil
}

func (p prepared) Again(_ context.Context, id string) (string, error) {
	if id == "e1" {
		return "", ErrNotAgain
	}
	return id, nil
}

func (p prepared) Trace(context.Context, string) ([]TraceStep, error) {
	after := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	return []TraceStep{
		{At: at, Kind: "event", Name: "created", Who: "maria@alfki.example"},
		{At: after(12), Kind: "payment", Name: "authorize", Who: "stripe", Status: "done", Amount: "€1,404.40", Detail: "pi_3Qabcdef · Visa •••• 4242", URL: "/admin/records/paymentTransactions/p1"},
		{At: after(14), Kind: "call", Name: "POST /v1/payment_intents", Who: "Stripe", Status: "done", Took: 312 * time.Millisecond, URL: "/admin/exchanges/e4"},
		{At: after(340), Kind: "event", Name: "order.placed", Who: "maria@alfki.example"},
		{At: after(700), Kind: "message", Name: "orders_20261124T083002Z_0000000000100042.xml", Who: "SAP PI", Status: "done", URL: "/admin/exchanges/e4"},
		{At: after(90_000), Kind: "message", Name: "ORDRSP_20261124T083002Z_000001_0000000000000815.xml", Who: "SAP PI", Inbound: true, Status: "failed", Detail: "VG 204: Auftraggeber 0000001000 ist nicht angelegt"},
		{At: after(95_000), Kind: "payment", Name: "capture", Who: "stripe", Status: "waiting", Amount: "€700.00"},
	}, nil
}

func (p prepared) stripe() Channel {
	return Channel{ID: "c1", Code: "stripe", Name: "Stripe", Title: "Stripe", Abilities: []string{"payment", "webhook", "checker"}, State: "failing", Breaker: "open",
		LastSuccess: at, LastFailure: at.Add(time.Minute), Failure: "The secret key is not accepted; mend the setting secretKey.", OpenErrors: 5, Latency: 312 * time.Millisecond,
		Checks: []ChannelCheck{{Name: "The settings are complete and can be read", State: "done"}, {Name: "The API answers", State: "done", Took: 80 * time.Millisecond},
			{Name: "The secret key is accepted", State: "failed", Detail: "Stripe does not accept the key; mend the setting secretKey.", Took: 91 * time.Millisecond},
			{Name: "A webhook secret is set", State: "waiting", Skipped: true}},
		CheckedAt: at, WebhookURL: "https://shop.example/hooks/019ab", Log: p.summaries()[:2]}
}

func (p prepared) Channels(context.Context) ([]Channel, error) {
	if p.empty {
		return nil, nil
	}
	return []Channel{p.stripe(), {ID: "c2", Code: "fedex", Name: "FedEx", Title: "FedEx", State: "ok", LastSuccess: at, Latency: 40 * time.Millisecond},
		{ID: "c3", Code: "old", Name: "Old gateway", Title: "Bank transfer", State: "broken", Faults: []string{"The secret secretKey cannot be read on this node."}}, {ID: "c4", Code: "sap", Name: "SAP", State: "unused"}}, nil
}

func (p prepared) Channel(_ context.Context, id string) (Channel, error) {
	if p.empty {
		return Channel{ID: "c2", Code: "fedex", Name: "FedEx", Title: "FedEx", State: "paused", Breaker: "closed"}, nil
	}
	if id != "c1" {
		return Channel{}, ErrNotFound
	}
	return p.stripe(), nil
}

func (p prepared) Kinds(context.Context) []ChannelKind {
	return []ChannelKind{{"fedex", "FedEx", "Rates of FedEx."}, {"stripe", "Stripe", "Cards by Stripe."}}
}

func (p prepared) Settings(_ context.Context, id, kind string) (ChannelSettings, error) {
	if id == "" && kind != "stripe" {
		return ChannelSettings{}, ErrNotFound
	}
	return ChannelSettings{Kind: ChannelKind{"stripe", "Stripe", "Cards by Stripe."}, Values: url.Values{"code": {"stripe"}, "name": {"Stripe"}, "website": {"w1"}, "setting.capture": {"order"}},
		Declared: resource.Fields{resource.Text("publishableKey").Required().Eg("pk_test_…").Doc("Publishable key."), resource.Enum("capture", "order", "shipment").Default("shipment").Doc("When money is taken.")},
		Secrets:  []ChannelSecret{{resource.Text("secretKey").Required().WriteOnly().Doc("Secret key."), "missing"}},
		Websites: []page.Option{{Value: "w1", Text: "Acme"}, {Value: "w2", Text: "Outlet"}}}, nil
}

func (p prepared) Save(_ context.Context, _ string, in ChannelInput) (string, []resource.Violation, error) {
	if in.Settings["publishableKey"] == "" {
		return "", []resource.Violation{{Field: "settings/publishableKey", Code: "required", Detail: "publishableKey is required."}}, nil
	}
	return "c1", nil, nil
}

func (p prepared) Invoice(context.Context, string) (string, func(io.Writer) error, error) {
	return "", nil, ErrNotFound
}
