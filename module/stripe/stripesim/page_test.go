package stripesim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func session(t *testing.T, c *stripe.Client) *stripe.CheckoutSession {
	t.Helper()
	s, err := c.V1CheckoutSessions.Create(t.Context(), &stripe.CheckoutSessionCreateParams{Mode: stripe.String("payment"), Locale: stripe.String("de"),
		SuccessURL: stripe.String("http://127.0.0.1:1/back?order=1"), CancelURL: stripe.String("http://127.0.0.1:1/cart"),
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{Quantity: stripe.Int64(1), PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
			Currency: stripe.String("eur"), UnitAmount: stripe.Int64(123456), ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String("Bestellung 1 <b>")}}}},
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{CaptureMethod: stripe.String("manual")}})
	if err != nil || s.Status != stripe.CheckoutSessionStatusOpen || s.PaymentIntent != nil {
		t.Fatalf("%+v, %v", s, err)
	}
	return s
}

func card(number string) string {
	return url.Values{"number": {number}, "month": {"12"}, "year": {"40"}, "cvc": {"123"}}.Encode()
}

func TestThePageTakesCards(t *testing.T) {
	c, _ := open(t, stripesim.Config{Merchant: "Acme & Sons"})
	s := session(t, c)
	status, header, body := send(t, http.MethodGet, s.URL, "", "", nil)
	if status != http.StatusOK || !strings.Contains(body, "1234.56 EUR") || !strings.Contains(body, "Acme &amp; Sons") || strings.Contains(body, "<b>") ||
		!strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(body, "<script") {
		t.Fatalf("%d %s", status, body)
	}
	for number, says := range map[string]string{"4000 0000 0000 0002": "abgelehnt", "4000000000009995": "nicht gedeckt", "4111": "Kartennummer ist falsch", "4012888888881881": "nur Testkarten"} {
		status, _, body = send(t, http.MethodPost, s.URL, "", card(number), nil)
		if status != http.StatusPaymentRequired || !strings.Contains(body, says) || strings.Contains(body, number) {
			t.Errorf("%s: %d %s", number, status, body)
		}
	}
	status, header, body = send(t, http.MethodPost, s.URL, "", card("4000 0025 0000 3155"), nil)
	bank := header.Get("Location")
	if status != http.StatusSeeOther || !strings.Contains(bank, "/3ds/pi_") {
		t.Fatalf("%d %s %s", status, bank, body)
	}
	if status, _, body = send(t, http.MethodGet, bank, "", "", nil); status != http.StatusOK || !strings.Contains(body, "1234.56 EUR") || !strings.Contains(body, "3155") {
		t.Errorf("%d %s", status, body)
	}
	status, header, _ = send(t, http.MethodPost, bank, "", "answer=fail", nil)
	if status != http.StatusSeeOther || header.Get("Location") != s.URL {
		t.Errorf("failed at the bank: %d, to %s", status, header.Get("Location"))
	}
	if status, _, body = send(t, http.MethodGet, bank, "", "", nil); status != http.StatusGone {
		t.Errorf("the bank's page is good for once: %d %s", status, body)
	}
	_, header, _ = send(t, http.MethodPost, s.URL, "", card("4000002500003155"), nil)
	status, header, _ = send(t, http.MethodPost, header.Get("Location"), "", "answer=complete", nil)
	if status != http.StatusSeeOther || header.Get("Location") != "http://127.0.0.1:1/back?order=1" {
		t.Errorf("passed at the bank: %d, to %s", status, header.Get("Location"))
	}
	p := &stripe.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent")
	after, err := c.V1CheckoutSessions.Retrieve(t.Context(), s.ID, p)
	if err != nil || after.Status != stripe.CheckoutSessionStatusComplete || after.PaymentIntent.AmountCapturable != 123456 || after.URL != "" {
		t.Errorf("%+v, %v", after, err)
	}
	if status, header, _ = send(t, http.MethodPost, s.URL, "", card("4242424242424242"), nil); status != http.StatusSeeOther || header.Get("Location") != s.SuccessURL {
		t.Errorf("paid twice: %d, to %s", status, header.Get("Location"))
	}
	_, err = c.V1CheckoutSessions.Expire(t.Context(), s.ID, nil)
	refused(t, err, http.StatusBadRequest, "")
}

func TestAnExpiredPage(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	s := session(t, c)
	if _, err := c.V1CheckoutSessions.Expire(t.Context(), s.ID, nil); err != nil {
		t.Fatal(err)
	}
	if status, _, body := send(t, http.MethodGet, s.URL, "", "", nil); status != http.StatusGone || strings.Contains(body, "<form") {
		t.Errorf("%d %s", status, body)
	}
	if status, _, body := send(t, http.MethodPost, s.URL, "", card("4242424242424242"), nil); status != http.StatusGone {
		t.Errorf("%d %s", status, body)
	}
}

func TestTheScriptCanFail(t *testing.T) {
	_, server := open(t, stripesim.Config{})
	for _, path := range []string{"/v3/", "/v3", "/dahlia/stripe.js"} {
		if status, header, body := send(t, http.MethodGet, server.URL+path, "", "", nil); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/javascript") || !strings.Contains(body, "window.Stripe") {
			t.Errorf("%s: %d", path, status)
		}
	}
	send(t, http.MethodPost, server.URL+"/_control", "", `{"script":false}`, nil)
	if status, _, _ := send(t, http.MethodGet, server.URL+"/v3/", "", "", nil); status != http.StatusServiceUnavailable {
		t.Errorf("the script is served: %d", status)
	}
}
