package fault_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/test/program"
)

// What is found nowhere once nodes were told it.
const (
	gatewayKey     = "sk_test_Kogge1241Bergenfahrer"
	publishableKey = "pk_test_Kogge1241"
	signingKey     = "whsec_Alsterhafen1189Barbarossa"
	carrierSecret  = "Stapelrecht-1259-Salzstrasse"
)

// till is Stripe as nodes meet it over the network, with its channel. Between it and the nodes calls can be held up, and its
// messages go by the test.
type till struct {
	*httptest.Server
	channel string // UUID
	hooks   string // where its messages go in the end
	sim     *stripesim.Simulator

	mu       sync.Mutex
	stop     *stop
	messages []message // in the order in which they were sent
	withheld bool      // messages are kept and not passed on
	paying   int       // calls that made a payment
}

// message is one of the gateway's, as it was sent.
type message struct{ kind, body, signature string }

// stop holds up the next call of the gateway, or the next message of its, whose name ends so.
type stop struct {
	what    string        // path of a call, kind of a message
	done    bool          // it is carried out, and its answer is held up
	reached chan struct{} // closed when it stands there
	open    chan struct{} // to be closed
	lost    bool          // when it goes on, the gateway never hears of it, or the node of its answer
}

// openTill makes the channel through a node, or that of the demo its own, and gives it its secrets.
func (c *company) openTill(t *testing.T, address string) *till {
	t.Helper()
	g := &till{}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	admin := program.Admin(t, c.Facts, address)
	g.channel = setChannel(t, admin, "stripe", "stripe", map[string]string{"apiBase": g.URL, "scriptURL": g.URL + "/v3/", "publishableKey": publishableKey},
		map[string]string{"secretKey": gatewayKey, "webhookSecret": signingKey})
	g.hooks = address + "/hooks/" + g.channel
	g.sim = stripesim.New(stripesim.Config{PublicURL: g.URL, SecretKey: gatewayKey, PublishableKey: publishableKey, WebhookURL: g.URL + "/message", WebhookSecret: signingKey})
	t.Cleanup(g.sim.Close)
	return g
}

// setChannel makes a channel or changes it, and gives its id.
func setChannel(t *testing.T, admin *program.Client, code, kind string, settings, secrets map[string]string) (id string) {
	t.Helper()
	path := program.AdminAPI + "/channels"
	attributes := map[string]any{"code": code, "name": code, "kind": kind, "settings": settings, "enabled": true}
	found := admin.Must(t, http.MethodGet, path+"?filter[code]="+code, nil).IDs()
	if len(found) == 0 {
		id = admin.Must(t, http.MethodPost, path, program.Data("channels", attributes, nil)).ID()
	} else {
		id = found[0]
		delete(attributes, "code")
		delete(attributes, "kind")
		admin.Must(t, http.MethodPatch, path+"/"+id, map[string]any{"data": map[string]any{"type": "channels", "id": id, "attributes": attributes}})
	}
	for name, value := range secrets {
		admin.Must(t, http.MethodPost, path+"/"+id+"/actions/setSecret", program.Data("channels", map[string]any{"name": name, "value": value}, nil))
	}
	return id
}

// ServeHTTP is the network between nodes and gateway.
func (g *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/message" {
		g.pass(w, r)
		return
	}
	if r.URL.Path == making && r.Method == http.MethodPost {
		g.mu.Lock()
		g.paying++
		g.mu.Unlock()
	}
	s := g.stopped(r.URL.Path)
	if r.Method != http.MethodPost || s == nil {
		g.sim.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	if s.done {
		g.sim.ServeHTTP(answer, r)
	}
	close(s.reached)
	<-s.open
	if s.lost {
		panic(http.ErrAbortHandler)
	}
	if !s.done {
		g.sim.ServeHTTP(answer, r)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// making is the path of the calls that make a payment.
const making = "/v1/payment_intents"

// stopped takes the stop that waits for a call or message of this name.
func (g *till) stopped(name string) *stop {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.stop
	if s == nil || !strings.HasSuffix(name, s.what) {
		return nil
	}
	g.stop = nil
	return s
}

// hold stops the next call before the gateway hears of it or, done, before the node hears of its answer; or the next message
// before a node hears of it.
func (g *till) hold(t *testing.T, what string, done, lost bool) *stop {
	t.Helper()
	s := &stop{what: what, done: done, lost: lost, reached: make(chan struct{}), open: make(chan struct{})}
	t.Cleanup(sync.OnceFunc(func() {
		select {
		case <-s.open:
		default:
			close(s.open)
		}
	}))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop = s
	return s
}

// pass takes a message of the gateway and passes it on.
func (g *till) pass(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var event struct{ Type string }
	_ = json.Unmarshal(body, &event) // the gateway's own
	m := message{event.Type, string(body), r.Header.Get("Stripe-Signature")}
	g.mu.Lock()
	g.messages = append(g.messages, m)
	withheld := g.withheld
	g.mu.Unlock()
	if withheld {
		return
	}
	if s := g.stopped(m.kind); s != nil {
		close(s.reached)
		<-s.open
	}
	status, err := send(g.hooks, m)
	if err != nil {
		status = http.StatusBadGateway
	}
	w.WriteHeader(status)
}

// send gives a message to a node.
func send(address string, m message) (status int, err error) {
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(m.body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Stripe-Signature", m.signature)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	_ = answer.Body.Close()
	return answer.StatusCode, nil
}

// withhold keeps the gateway's messages from now on.
func (g *till) withhold(kept bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.withheld = kept
}

// sent finds the newest message of a kind about a payment, once it was sent.
func (g *till) sent(t *testing.T, kind, reference string) (m message) {
	t.Helper()
	program.Eventually(t, func() error {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, each := range g.messages {
			if each.kind == kind && strings.Contains(each.body, reference) {
				m = each
			}
		}
		if m.body == "" {
			return errNone
		}
		return nil
	})
	return m
}

// call asks the gateway as its merchant, and reads the answer.
func (g *till) call(t *testing.T, method, path string, form url.Values, into any) {
	t.Helper()
	r, err := http.NewRequest(method, g.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+gatewayKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the gateway answers %s: %.300s (%v)", answer.Status, text, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// card is what the gateway gives a browser for a card.
func (g *till) card(t *testing.T, name string) string {
	t.Helper()
	var token struct{ ID string }
	g.call(t, http.MethodPost, "/v1/confirmation_tokens", url.Values{"payment_method": {name}}, &token)
	return token.ID
}

// entry is a payment on the gateway's books, in the smallest coin.
type entry struct {
	ID, Status                             string
	Amount, Capturable, Captured, Refunded int64
	Captures                               int
	Metadata                               map[string]string
}

// entries are the payments on the gateway's books that came to something.
func (g *till) entries(t *testing.T) (all []entry) {
	t.Helper()
	var state struct{ Payments []entry }
	g.call(t, http.MethodGet, "/_control", nil, &state)
	for _, e := range state.Payments {
		if e.Status != "requires_payment_method" && e.Status != "canceled" {
			all = append(all, e)
		}
	}
	return all
}

// of is the one payment that the gateway has of an order.
func (g *till) of(t *testing.T, c *company, order string) (one entry) {
	t.Helper()
	number := ask[string](t, c, "SELECT number FROM sales_order WHERE id = $1", order)
	found := 0
	for _, e := range g.entries(t) {
		if e.Metadata["order"] == number {
			one = e
			found++
		}
	}
	if found != 1 {
		t.Errorf("the gateway has %d payments of order %s, expected one", found, number)
	}
	return one
}

// passes says yes on the page of the holder's bank.
func (g *till) passes(t *testing.T, page string) {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.PostForm(page, url.Values{"answer": {"complete"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the bank's page answers %s", answer.Status)
	}
}
