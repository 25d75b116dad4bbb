package shipping_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// courier is a module whose carrier is a server of the test's own, reached by the network.
type courier struct{}

func (courier) Info() module.Info {
	return module.Info{Name: "courier", Title: "Courier", Doc: "A carrier for tests.",
		Settings: append(resource.Fields{resource.Text("url").Required().Doc("Where the carrier is.")}, module.CarrierSettings()...)}
}

func (courier) ShippingTraits(s module.Settings) module.ShippingTraits {
	return module.CarrierTraits(s, "Courier, estimated")
}

func (courier) TrackingURL(module.Settings, string) string { return "" }

func (courier) Rates(ctx context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	question, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Settings["url"], bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, &module.Error{Class: module.Connection, Code: "connection", Detail: "The carrier cannot be reached", Err: err}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		class := module.Intermittent
		if response.StatusCode < 500 {
			class = module.Refused
		}
		return nil, &module.Error{Class: class, Code: "down", Detail: "The carrier answers " + response.Status}
	}
	var rates []module.Rate
	if err := json.NewDecoder(response.Body).Decode(&rates); err != nil {
		return nil, err
	}
	return rates, nil
}

// counter ships at a set amount and asks nobody.
type counter struct{ courier }

func (counter) Info() module.Info {
	return module.Info{Name: "counter", Title: "Counter", Doc: "Goods are fetched."}
}

func (counter) ShippingTraits(module.Settings) module.ShippingTraits {
	return module.ShippingTraits{PickUp: true}
}

func (counter) Rates(_ context.Context, _ *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	return []module.Rate{{Service: "HH", Name: "Hamburg", Amount: money.Of(decimal.Zero, r.Subtotal.Currency)}}, nil
}

// broken is a module that panics.
type broken struct{ courier }

func (broken) Info() module.Info {
	return module.Info{Name: "broken", Title: "Broken", Doc: "A mistake."}
}

func (broken) ShippingTraits(module.Settings) module.ShippingTraits { panic("no traits") }

// depot is a house whose carriers are paths of one server: /quick, /hang and so on.
type depot struct {
	*commercetest.House
	desk   *shipping.Desk
	buyer  commercetest.Buyer
	server *httptest.Server
	keys   *secret.Keyring

	mu    sync.Mutex
	asked map[string]int // how often, by path
	last  module.RateRequest
	gate  chan struct{} // /gate answers when it is closed
	hangs func()        // called by /hang
}

func newDepot(t *testing.T) *depot {
	p := &depot{House: commercetest.New(t), asked: map[string]int{}, keys: secret.Load("", t.TempDir()), gate: make(chan struct{}), hangs: func() {}}
	p.buyer = p.Buyer("1000")
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.server.Close)
	registry := &module.Registry{}
	for _, m := range []module.Module{courier{}, counter{}} {
		if err := registry.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	blobs, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	host := channel.New(channel.Options{DB: p.Pool, Registry: registry, Keys: p.keys, Blobs: blobs, Log: quiet})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := host.Close(ctx); err != nil {
			t.Error(err)
		}
		_ = blobs.Close()
	})
	p.desk = &shipping.Desk{DB: p.Pool, Carriers: host, Registry: registry, Log: quiet}
	return p
}

// serve answers two euros a kilogram, and for /slow half of it three days later.
func (p *depot) serve(w http.ResponseWriter, r *http.Request) {
	var question module.RateRequest
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.asked[r.URL.Path]++
	p.last = question
	p.mu.Unlock()
	weight := decimal.Zero
	for _, parcel := range question.Parcels {
		weight = weight.Add(parcel.Weight)
	}
	fast := module.Rate{Service: "FAST", Name: "Courier fast", Amount: money.Of(weight.Mul(d("2.0004")), "EUR"), Days: 1}
	slow := module.Rate{Service: "SLOW", Name: "Courier slow", Amount: money.Of(weight, "EUR"), Days: 4}
	rates := []module.Rate{fast, slow, fast}
	switch r.URL.Path {
	case "/hang":
		p.hangs()
		<-r.Context().Done()
		return
	case "/gate":
		<-p.gate
	case "/down":
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case "/refuse":
		http.Error(w, "no", http.StatusBadRequest)
		return
	case "/dollars":
		rates = []module.Rate{{Service: "FAST", Name: "Courier", Amount: money.Of(weight, "USD")}}
	case "/nowhere":
		rates = nil
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(rates)
}

// carrier adds a channel at a path; further settings are pairs.
func (p *depot) carrier(code, path string, settings ...string) string {
	p.T.Helper()
	values := map[string]string{"url": p.server.URL + path}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	return p.channel(code, "courier", values)
}

func (p *depot) channel(code, kind string, settings any) string {
	p.T.Helper()
	return p.Insert("channel", map[string]any{"code": code, "name": code, "kind": kind, "settings": settings})
}

// consignment is so many pieces of 10 kg for Cologne.
func (p *depot) consignment(pieces string) shipping.Consignment {
	return shipping.Consignment{Organization: p.Organization, Website: p.Website, Currency: "EUR", Language: "en",
		To:    module.Place{Street: "Domstr. 1", PostalCode: "50667", City: "Köln", Country: "DE"},
		Items: []shipping.Item{{Product: "p", Quantity: d(pieces), Factor: d("1"), Weight: d("10")}}, Subtotal: money.Of(d("100"), "EUR")}
}

func (p *depot) offers(s shipping.Consignment) []shipping.Offer {
	p.T.Helper()
	offers, err := p.desk.Offers(context.Background(), p.As(p.buyer), s)
	if err != nil {
		p.T.Fatal(err)
	}
	return offers
}

// times is how often a path was asked.
func (p *depot) times(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// waitFor waits until a path is asked.
func (p *depot) waitFor(path string) {
	p.T.Helper()
	for limit := time.Now().Add(5 * time.Second); p.times(path) == 0; <-time.After(time.Millisecond) {
		if time.Now().After(limit) {
			p.T.Fatalf("%s is not asked", path)
		}
	}
}

// say tells offers in short: "code amount kind".
func say(offers []shipping.Offer) []string {
	said := []string{}
	for _, o := range offers {
		amount := "?"
		if o.Amount != nil {
			amount = o.Amount.Number.String()
		}
		said = append(said, fmt.Sprintf("%s %s %s", o.Code, amount, o.Kind))
	}
	return said
}

// noTransaction waits until no other connection to the database is in a transaction.
func (p *depot) noTransaction() error {
	for limit := time.Now().Add(1500 * time.Millisecond); time.Now().Before(limit); {
		var open int
		p.Scan(&open, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`)
		if open == 0 {
			return nil
		}
		<-time.After(5 * time.Millisecond)
	}
	return errors.New("a transaction is open while carriers are asked")
}
