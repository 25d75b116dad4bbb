package fault_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
	"github.com/hanse-commerce/hanse/test/program"
)

// The carrier's account, which all of a test's carriers have.
const (
	carrierClient  = "l7-hanse-fault"
	carrierAccount = "740561073"
)

// openCarrier is FedEx as nodes meet it over the network, with its channel.
func (c *company) openCarrier(t *testing.T, address, code string) *fedexsim.Simulator {
	t.Helper()
	sim := fedexsim.New(fedexsim.Config{ClientID: carrierClient, ClientSecret: carrierSecret, Account: carrierAccount, Currency: sample.Currency})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	setChannel(t, program.Admin(t, c.Facts, address), code, "fedex", carrierSettings(server.URL), map[string]string{"clientSecret": carrierSecret})
	return sim
}

func carrierSettings(base string) map[string]string {
	return map[string]string{"apiBase": base, "clientId": carrierClient, "accountNumber": carrierAccount,
		"originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE", "trackingUrl": base + "/fedextrack/?trknbr={number}",
		"fallbackAmount": "29.00", "fallbackCurrency": sample.Currency}
}

// TestCheckoutPageWhileACarrierHangs: one of four carriers does not answer. The page of the checkout is there within 2.2 s, with
// the rates of the others and the fallback of that one. A machine that takes longer than a tenth of a second for the page when
// all carriers answer is given that much more.
func TestCheckoutPageWhileACarrierHangs(t *testing.T) {
	t.Parallel()
	c := found(t)
	address := "http://" + c.serve(t).http
	for i := range 3 {
		c.openCarrier(t, address, []string{"fedex", "second", "third"}[i])
	}
	hanging := c.openCarrier(t, address, "fourth")
	who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, address)
	form := url.Values{"email": {c.Buyer.Email}, "password": {c.Buyer.Password}}
	who.Must(t, http.MethodPost, "/login", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	sku := skuInStock(t, c)
	best, plain := time.Hour, time.Duration(0)
	for n := range 4 { // the machine may be busy with something else
		hanging.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "hang", Count: 10}}})
		run(t, c.db, "DELETE FROM shipping_rate")
		checkout := who.Prepare(t, sku, fmt.Sprint(n+1))
		began := time.Now()
		page := who.Must(t, http.MethodGet, "/checkout/"+checkout, nil)
		best = min(best, time.Since(began))
		counted(t, c, 1, "fallback rates, of the fourth", "SELECT count(*) FROM shipping_quote WHERE checkout_id = $1 AND kind = 'fallback' AND channel = 'fourth' AND amount = 29", checkout)
		counted(t, c, 3, "carriers with live rates", "SELECT count(DISTINCT channel) FROM shipping_quote WHERE checkout_id = $1 AND kind = 'live'", checkout)
		if !bytes.Contains(page.Body, []byte("29.00")) {
			t.Errorf("the page does not offer the fallback: %s", page)
		}
		if best < 2200*time.Millisecond {
			break
		}
		hanging.Control(fedexsim.Settings{Reset: true})
		run(t, c.db, "DELETE FROM shipping_rate")
		began = time.Now()
		who.Must(t, http.MethodGet, "/checkout/"+who.Prepare(t, sku, fmt.Sprint(n+1)), nil)
		plain = max(plain, time.Since(began))
	}
	t.Logf("the page came after %s, with all carriers after %s", best, plain)
	if most := 2200*time.Millisecond + max(0, plain-100*time.Millisecond); best >= most || best < 1900*time.Millisecond {
		t.Errorf("the page came after %s", best)
	}
}

// check is what the test of a connection found.
type check struct {
	Name, Detail string
	OK, Skipped  bool
}

// tryOut tests a channel's connection and gives what is wrong, in words.
func tryOut(t *testing.T, admin *program.Client, code string) (wrong string) {
	t.Helper()
	a := admin.Must(t, http.MethodPost, program.AdminAPI+"/channels/key:"+code+"/actions/test", program.Data("channels", map[string]any{}, nil))
	var doc struct {
		Data struct{ Attributes struct{ Checks []check } }
	}
	if err := json.Unmarshal(a.Body, &doc); err != nil || len(doc.Data.Attributes.Checks) == 0 {
		t.Fatalf("the channel %s has no checks: %s (%v)", code, a, err)
	}
	for _, c := range doc.Data.Attributes.Checks {
		if !c.OK && !c.Skipped {
			wrong += c.Name + ": " + c.Detail + "\n"
		}
	}
	return wrong
}

// TestConnectionIsTested: each wrong setting of gateway and carrier is named, in words; no secret is.
func TestConnectionIsTested(t *testing.T) {
	t.Parallel()
	c := found(t)
	address := "http://" + c.serve(t).http
	g := c.openTill(t, address)
	c.openCarrier(t, address, "fedex")
	admin := program.Admin(t, c.Facts, address)
	gone := httptest.NewServer(nil)
	gone.Close()
	settings := func(code string) (id string, values map[string]string) {
		a := admin.Must(t, http.MethodGet, program.AdminAPI+"/channels/key:"+code, nil)
		var doc struct {
			Data struct {
				Attributes struct{ Settings map[string]string }
			}
		}
		if err := json.Unmarshal(a.Body, &doc); err != nil {
			t.Fatal(err)
		}
		return a.ID(), doc.Data.Attributes.Settings
	}
	for _, w := range []struct {
		channel, kind, name, value, right string
		secret                            bool
		says                              string
	}{
		{"stripe", "stripe", "secretKey", "sk_test_WrongWrongWrong1241", gatewayKey, true, "secretKey"},
		{"stripe", "stripe", "secretKey", "sk_live_OfTheOtherMode1241", gatewayKey, true, "live mode"},
		{"stripe", "stripe", "webhookSecret", "Stalhof1475Stalhof", signingKey, true, "webhookSecret"},
		{"stripe", "stripe", "publishableKey", "sk_test_NotPublishable1241", publishableKey, false, "publishableKey"},
		{"stripe", "stripe", "apiBase", gone.URL, g.URL, false, "apiBase"},
		{"fedex", "fedex", "clientSecret", "Bryggen1360Bryggen", carrierSecret, true, "clientSecret"},
		{"fedex", "fedex", "accountNumber", "111222333", carrierAccount, false, "accountNumber"},
		{"fedex", "fedex", "apiBase", gone.URL, "", false, "apiBase"},
	} {
		t.Run(w.channel+" "+w.name, func(t *testing.T) {
			if wrong := tryOut(t, admin, w.channel); wrong != "" {
				t.Fatalf("before anything is wrong: %s", wrong)
			}
			id, right := settings(w.channel)
			set := func(value string) {
				if w.secret {
					admin.Must(t, http.MethodPost, program.AdminAPI+"/channels/"+id+"/actions/setSecret", program.Data("channels", map[string]any{"name": w.name, "value": value}, nil))
					return
				}
				all := maps.Clone(right)
				all[w.name] = value
				setChannel(t, admin, w.channel, w.kind, all, nil)
			}
			set(w.value)
			wrong := tryOut(t, admin, w.channel)
			if !strings.Contains(wrong, w.says) || strings.Count(wrong, ".") == 0 {
				t.Errorf("a wrong %s is told so: %s", w.name, wrong)
			}
			if w.secret && strings.Contains(wrong, w.value) {
				t.Errorf("what is told holds the secret: %s", wrong)
			}
			if w.right == "" {
				w.right = right[w.name]
			}
			set(w.right)
		})
	}
}

// TestSecretsThatCannotBeRead: the key that secrets were sealed with is lost. The shop starts all the same, and sells; the
// channels that had secrets say what is wrong, and are good again when they get them anew.
func TestSecretsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	c := found(t)
	before := c.serve(t)
	c.openTill(t, "http://"+before.http)
	c.openCarrier(t, "http://"+before.http, "fedex")
	before.Stop(t)
	if err := os.Remove(filepath.Join(c.data, "secret.key")); err != nil {
		t.Fatal(err)
	}
	address := "http://" + c.serve(t).http
	who := program.Buyer(t, c.Buyer.Email, c.Buyer.Password, address)
	admin := program.Admin(t, c.Facts, address)
	sku := skuInStock(t, c)
	who.Must(t, http.MethodPost, program.Placing(who.Prepare(t, sku, "1")), nil)
	for code, name := range map[string]string{"stripe": "secretKey", "fedex": "clientSecret"} {
		wrong := tryOut(t, admin, code)
		if !strings.Contains(wrong, name) || !strings.Contains(wrong, "cannot be read") {
			t.Errorf("the test of %s says: %s", code, wrong)
		}
	}
	who.Must(t, http.MethodPost, program.ShopAPI+"/checkouts/"+who.Prepare(t, sku, "1")+"/actions/quoteShipping", nil)
	checkout := byCard(t, who, sku, "1")
	if ways := string(who.Must(t, http.MethodPost, program.ShopAPI+"/checkouts/"+checkout+"/actions/review", nil).Body); strings.Contains(ways, `"code": "stripe"`) ||
		!strings.Contains(ways, `"code": "paymentTerm"`) {
		t.Errorf("the ways of paying while stripe cannot be used: %s", ways)
	}
	a, err := who.Do(t.Context(), http.MethodPost, program.Placing(checkout), paying("ctoken_x"))
	if err != nil || a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.String(), "There is no way of paying") {
		t.Errorf("paying by card is answered by %s (%v)", a, err)
	}
	g := c.openTill(t, address)
	c.openCarrier(t, address, "fedex")
	for _, code := range []string{"stripe", "fedex"} {
		if wrong := tryOut(t, admin, code); wrong != "" {
			t.Errorf("the channel that got its secrets anew: %s", wrong)
		}
	}
	who.Must(t, http.MethodPost, program.Placing(byCard(t, who, sku, "1")), paying(g.card(t, "pm_card_visa")))
	counted(t, c, 1, "orders that are paid by card", "SELECT count(*) FROM sales_order WHERE payment_status = 'authorized' AND status = 'open'")
}
