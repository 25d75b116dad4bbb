package script_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/test/program"
)

// What must be found nowhere once it was given to the program.
const (
	gatewayKey  = "sk_test_Kogge1241Bergenfahrer"
	signingKey  = "whsec_Alsterhafen1189Barbarossa"
	cardNumber  = "4242424242424242"
	cardInParts = "4242 4242 4242 4242"
)

// gateway is Stripe as the demo's own program meets it, and the channel that speaks to it.
type gateway struct {
	*httptest.Server
	channel string // UUID
}

func newGateway(t *testing.T, d *program.Demo, admin *program.Client) *gateway {
	t.Helper()
	var sim atomic.Pointer[stripesim.Simulator]
	g := &gateway{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sim.Load().ServeHTTP(w, r) }))}
	t.Cleanup(g.Close)
	g.channel = admin.Must(t, http.MethodPost, program.AdminAPI+"/channels", program.Data("channels", map[string]any{"code": "trust", "name": "Stripe",
		"kind": "stripe", "position": 9, "settings": map[string]string{"apiBase": g.URL, "publishableKey": "pk_test_trust"}}, nil)).ID()
	s := stripesim.New(stripesim.Config{SecretKey: gatewayKey, PublishableKey: "pk_test_trust", WebhookURL: d.HTTP + "/hooks/" + g.channel, WebhookSecret: signingKey})
	t.Cleanup(s.Close)
	sim.Store(s)
	for name, value := range map[string]string{"secretKey": gatewayKey, "webhookSecret": signingKey} {
		admin.Must(t, http.MethodPost, program.AdminAPI+"/channels/"+g.channel+"/actions/setSecret",
			program.Data("channels", map[string]any{"name": name, "value": value}, nil))
	}
	return g
}

// card is a token of a card that is taken, as the buyer's browser gets it.
func (g *gateway) card(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.URL+"/v1/test_helpers/confirmation_tokens",
		strings.NewReader(url.Values{"payment_method": {"pm_card_visa"}}.Encode()))
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
	var token struct{ ID string }
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.ID == "" {
		t.Fatalf("no token: %v", err)
	}
	return token.ID
}

// An order is paid by card, another is tried with a card number where a token belongs, and a forged message comes in: neither
// the card nor the keys of the channel are found in the database, in what is kept of messages, in the log, or in an answer.
func TestSecretsAndCardsAreFoundNowhere(t *testing.T) {
	t.Parallel()
	d := program.Shared(t)
	story, buyer, _ := people(t, d)
	admin := program.Admin(t, d.Facts, d.HTTP)
	g := newGateway(t, d, admin)
	channel := program.AdminAPI + "/channels/" + g.channel
	if a := admin.Must(t, http.MethodPost, channel+"/actions/test", program.Data("channels", map[string]any{}, nil)); bytes.Contains(a.Body, []byte(`"ok":false`)) {
		t.Fatalf("the connection does not work: %s", a.Body)
	}
	var said bytes.Buffer
	for _, token := range []string{g.card(t), cardNumber, cardInParts} {
		checkout := buyer.Prepare(t, story.List.SKU, "1")
		buyer.Must(t, http.MethodPatch, program.ShopAPI+"/checkouts/"+checkout, map[string]any{"data": map[string]any{"type": "checkouts", "id": checkout,
			"attributes": map[string]any{"paymentMethod": "trust"}}})
		a, err := buyer.Do(t.Context(), http.MethodPost, program.Placing(checkout), program.Data("checkouts",
			map[string]any{"paymentToken": token, "returnUrl": d.HTTP + "/back"}, nil))
		if err != nil {
			t.Fatal(err)
		}
		if token != cardNumber && token != cardInParts && a.Status != http.StatusCreated {
			t.Errorf("paying by card: %s", a)
		}
		said.Write(a.Body)
	}
	g.forge(t, d)
	program.Eventually(t, func() error {
		a := admin.Must(t, http.MethodGet, program.AdminAPI+"/exchanges?filter[channel]="+g.channel+"&filter[direction]=in&filter[status]=done", nil)
		if len(a.IDs()) == 0 {
			return fmt.Errorf("no message of the gateway was taken")
		}
		return nil
	})
	for _, path := range []string{channel, program.AdminAPI + "/exchanges?page[size]=100", program.AdminAPI + "/payments", program.AdminAPI + "/paymentTransactions",
		program.AdminAPI + "/openapi.json"} {
		said.Write(admin.Must(t, http.MethodGet, path, nil).Body)
	}
	said.WriteString(d.Stdout.String() + d.Stderr.String())
	for _, text := range []string{gatewayKey, signingKey, cardNumber, cardInParts} {
		if strings.Contains(said.String(), text) {
			t.Errorf("an answer or the log holds %q", text)
		}
	}
	nothingKept(t, d)
}

// forge sends a message that the gateway did not sign, with all that must not be kept.
func (g *gateway) forge(t *testing.T, d *program.Demo) {
	t.Helper()
	body := fmt.Sprintf(`{"id":"evt_forged","type":"payment_intent.succeeded","number":"%s","client_secret":"x","key":"%s %s"}`, cardNumber, gatewayKey, signingKey)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.HTTP+"/hooks/"+g.channel, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Stripe-Signature", "t=1,v1="+signingKey)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a forged message is answered with %d", answer.StatusCode)
	}
}

// nothingKept searches the database, and the data folder but for the files of PostgreSQL, which the search of its tables stands
// for.
func nothingKept(t *testing.T, d *program.Demo) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), d.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	hidden := []string{gatewayKey, signingKey, cardNumber, cardInParts}
	program.Eventually(t, func() error { // a token lies with its payment until the gateway has answered
		if found := postgrestest.Holding(t, pool, hidden...); len(found) > 0 {
			return fmt.Errorf("the database holds a secret: %v", found)
		}
		return nil
	})
	files := 0
	err = filepath.WalkDir(d.Data, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "postgres":
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path) // #nosec G304 -- of the test's own demo
		if os.IsNotExist(err) {
			return nil
		}
		files++
		for _, text := range hidden {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s holds %q", path, text)
			}
		}
		return err
	})
	if err != nil || files < 10 {
		t.Errorf("%d files, %v", files, err)
	}
}
