package stripesim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// open starts a simulator and Stripe's own library as its client.
func open(t testing.TB, cfg stripesim.Config) (*stripe.Client, *httptest.Server) {
	t.Helper()
	sim := stripesim.New(cfg)
	server := httptest.NewServer(sim)
	t.Cleanup(sim.Close)
	t.Cleanup(server.Close)
	return client(server, "sk_test_simulator"), server
}

func client(server *httptest.Server, key string) *stripe.Client {
	return stripe.NewClient(key, stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{URL: &server.URL, HTTPClient: server.Client(),
		MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}})))
}

func manual(method string, amount int64) *stripe.PaymentIntentCreateParams {
	return &stripe.PaymentIntentCreateParams{Amount: &amount, Currency: stripe.String("eur"), CaptureMethod: stripe.String("manual"), Confirm: stripe.Bool(true),
		PaymentMethod: &method, PaymentMethodTypes: []*string{stripe.String("card")}, ReturnURL: stripe.String("http://127.0.0.1:1/back"),
		PaymentMethodOptions: &stripe.PaymentIntentCreatePaymentMethodOptionsParams{
			Card: &stripe.PaymentIntentCreatePaymentMethodOptionsCardParams{RequestMulticapture: stripe.String("if_available")}}}
}

// refused fails unless Stripe's error has the status and code.
func refused(t testing.TB, err error, status int, code string) {
	t.Helper()
	var e *stripe.Error
	if !errors.As(err, &e) || e.HTTPStatusCode != status || string(e.Code) != code {
		t.Errorf("got %v; want status %d and code %q", err, status, code)
	}
}

func send(t testing.TB, method, address, key, body string, header http.Header) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	c := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(content)
}

func TestCapturesInParts(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil || i.Status != stripe.PaymentIntentStatusRequiresCapture || i.AmountCapturable != 10000 || i.AmountReceived != 0 {
		t.Fatalf("%+v, %v", i, err)
	}
	take := func(n int64, final bool) (*stripe.PaymentIntent, error) {
		p := &stripe.PaymentIntentCaptureParams{AmountToCapture: &n, FinalCapture: &final}
		p.AddExpand("latest_charge")
		return c.V1PaymentIntents.Capture(t.Context(), i.ID, p)
	}
	after, err := take(3000, false)
	if err != nil || after.Status != stripe.PaymentIntentStatusRequiresCapture || after.AmountCapturable != 7000 || after.AmountReceived != 3000 || after.LatestCharge.Captured {
		t.Fatalf("%+v, %v", after, err)
	}
	_, err = take(7001, false)
	refused(t, err, http.StatusBadRequest, "amount_too_large")
	_, err = take(0, false)
	refused(t, err, http.StatusBadRequest, "parameter_invalid_integer")
	_, err = c.V1PaymentIntents.Cancel(t.Context(), i.ID, nil)
	refused(t, err, http.StatusBadRequest, "payment_intent_unexpected_state")
	after, err = take(5000, true)
	if err != nil || after.Status != stripe.PaymentIntentStatusSucceeded || after.AmountCapturable != 0 || after.AmountReceived != 8000 || !after.LatestCharge.Captured {
		t.Fatalf("%+v, %v", after, err)
	}
	_, err = take(100, true)
	refused(t, err, http.StatusBadRequest, "payment_intent_unexpected_state")
	_, err = c.V1PaymentIntents.Cancel(t.Context(), i.ID, nil)
	refused(t, err, http.StatusBadRequest, "payment_intent_unexpected_state")
}

// A last capture of nothing lets go of the rest, but only after others.
func TestTheRestIsLetGo(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil {
		t.Fatal(err)
	}
	take := func(n int64, final bool) (*stripe.PaymentIntent, error) {
		return c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: &n, FinalCapture: &final})
	}
	_, err = take(0, true)
	refused(t, err, http.StatusBadRequest, "parameter_invalid_integer")
	if _, err = take(3000, false); err != nil {
		t.Fatal(err)
	}
	_, err = c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(0)})
	refused(t, err, http.StatusBadRequest, "parameter_invalid_integer")
	after, err := take(0, true)
	if err != nil || after.Status != stripe.PaymentIntentStatusSucceeded || after.AmountCapturable != 0 || after.AmountReceived != 3000 {
		t.Fatalf("%+v, %v", after, err)
	}
	_, err = take(0, true)
	refused(t, err, http.StatusBadRequest, "payment_intent_unexpected_state")
}

func TestACardThatIsCapturedOnce(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	for name, method := range map[string]string{"by its brand": "pm_card_jcb", "by its number": "pm_card_credit_disableEnterpriseCardFeatures", "by order": "pm_card_visa"} {
		if method == "pm_card_visa" {
			send(t, http.MethodPost, server.URL+"/_control", "", `{"multicapture":false}`, nil)
		}
		i, err := c.V1PaymentIntents.Create(t.Context(), manual(method, 10000))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(100), FinalCapture: stripe.Bool(false)})
		refused(t, err, http.StatusBadRequest, "capture_unauthorized_payment")
		i, err = c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(100)})
		if err != nil || i.Status != stripe.PaymentIntentStatusSucceeded || i.AmountReceived != 100 || i.AmountCapturable != 0 {
			t.Errorf("%s: the rest is not let go: %+v, %v", name, i, err)
		}
	}
}

func TestRefunds(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_visa", 10000))
	if err != nil {
		t.Fatal(err)
	}
	give := func(n int64) error {
		_, err := c.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: &i.ID, Amount: &n})
		return err
	}
	refused(t, give(100), http.StatusBadRequest, "charge_not_captured")
	if _, err := c.V1PaymentIntents.Capture(t.Context(), i.ID, nil); err != nil {
		t.Fatal(err)
	}
	refused(t, give(10001), http.StatusBadRequest, "amount_too_large")
	for range 10 {
		if err := give(1000); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, give(1), http.StatusBadRequest, "charge_already_refunded")
	refused(t, func() error {
		_, err := c.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String("pi_none")})
		return err
	}(), http.StatusNotFound, "resource_missing")
}

func TestDeclines(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	for method, want := range map[string][2]string{
		"pm_card_chargeDeclined":                       {"card_declined", "generic_decline"},
		"pm_card_visa_chargeDeclinedInsufficientFunds": {"card_declined", "insufficient_funds"},
		"pm_card_chargeDeclinedExpiredCard":            {"expired_card", ""},
		"pm_card_chargeDeclinedIncorrectCvc":           {"incorrect_cvc", ""},
		"pm_card_visa_chargeDeclinedStolenCard":        {"card_declined", "stolen_card"},
	} {
		_, err := c.V1PaymentIntents.Create(t.Context(), manual(method, 10000))
		refused(t, err, http.StatusPaymentRequired, want[0])
		var e *stripe.Error
		if !errors.As(err, &e) || string(e.DeclineCode) != want[1] || e.PaymentIntent == nil || e.PaymentIntent.Status != stripe.PaymentIntentStatusRequiresPaymentMethod {
			t.Fatalf("%s: %+v", method, e)
		}
		again, err := c.V1PaymentIntents.Confirm(t.Context(), e.PaymentIntent.ID, &stripe.PaymentIntentConfirmParams{PaymentMethod: stripe.String("pm_card_visa")})
		if err != nil || again.Status != stripe.PaymentIntentStatusRequiresCapture {
			t.Errorf("another card is not taken: %+v, %v", again, err)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	for name, change := range map[string]func(*stripe.PaymentIntentCreateParams){
		"parameter_missing": func(p *stripe.PaymentIntentCreateParams) { p.Amount = nil },
		"parameter_unknown": func(p *stripe.PaymentIntentCreateParams) { p.TransferGroup = stripe.String("x") },
		"amount_too_small":  func(p *stripe.PaymentIntentCreateParams) { p.Amount = stripe.Int64(49) },
		"amount_too_large":  func(p *stripe.PaymentIntentCreateParams) { p.Amount = stripe.Int64(100000000) },
		"url_invalid":       func(p *stripe.PaymentIntentCreateParams) { p.ReturnURL = stripe.String("/back") },
		"parameter_invalid_integer": func(p *stripe.PaymentIntentCreateParams) {
			p.Currency, p.Amount = stripe.String("kwd"), stripe.Int64(1001)
		},
	} {
		p := manual("pm_card_visa", 10000)
		change(p)
		_, err := c.V1PaymentIntents.Create(t.Context(), p)
		refused(t, err, http.StatusBadRequest, name)
	}
	_, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_none", 10000))
	refused(t, err, http.StatusNotFound, "resource_missing")
	_, err = client(server, "sk_test_another").V1PaymentIntents.Retrieve(t.Context(), "pi_1", nil)
	refused(t, err, http.StatusUnauthorized, "")
	_, err = client(server, "pk_test_simulator").V1PaymentIntents.Retrieve(t.Context(), "pi_1", nil)
	refused(t, err, http.StatusUnauthorized, "secret_key_required")
	for address, want := range map[string]int{"/v1/payment_intents": http.StatusUnauthorized, "/v1/nothing": http.StatusNotFound, "/c/pay/cs_none": http.StatusNotFound} {
		if status, _, body := send(t, http.MethodGet, server.URL+address, "", "", nil); status != want {
			t.Errorf("%s without a key: %d %s", address, status, body)
		}
	}
	for body, want := range map[string]string{"amount=100&amount=200&currency=eur": "twice", "metadata[" + strings.Repeat("k", 41) + "]=1&amount=100&currency=eur": "40 characters",
		"amount=ten&currency=eur": "Invalid integer", "amount=100&currency=eur&confirm=yes": "Invalid boolean", "amount=100&currency=eur&capture_method=later": "must be one of"} {
		if status, _, answer := send(t, http.MethodPost, server.URL+"/v1/payment_intents", "sk_test_simulator", body, nil); status != http.StatusBadRequest || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	// Of all that was refused nothing was made.
	for i := range c.V1PaymentIntents.List(t.Context(), nil).All(t.Context()) {
		t.Errorf("the intent %v was made", i)
	}
}

func TestTokensAreGoodForOnce(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	token, err := c.V1TestHelpersConfirmationTokens.Create(t.Context(), &stripe.TestHelpersConfirmationTokenCreateParams{PaymentMethod: stripe.String("pm_card_visa")})
	if err != nil || token.PaymentMethodPreview.Card.Last4 != "4242" {
		t.Fatalf("%+v, %v", token, err)
	}
	p := manual("", 10000)
	p.PaymentMethod, p.ConfirmationToken = nil, &token.ID
	if _, err := c.V1PaymentIntents.Create(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	_, err = c.V1PaymentIntents.Create(t.Context(), p)
	refused(t, err, http.StatusBadRequest, "")
	form := func(number, cvc string) string {
		const at = "payment_method_data[card]"
		return url.Values{"payment_method_data[type]": {"card"}, at + "[number]": {number}, at + "[exp_month]": {"12"}, at + "[exp_year]": {"2040"}, at + "[cvc]": {cvc}}.Encode()
	}
	for _, typed := range []struct {
		number, cvc string
		status      int
		code        string
	}{{"4242424242424242", "123", http.StatusOK, ""}, {"4242424242424241", "123", http.StatusPaymentRequired, "incorrect_number"},
		{"4242424242424242", "1", http.StatusPaymentRequired, "invalid_cvc"}} {
		status, _, body := send(t, http.MethodPost, server.URL+"/v1/confirmation_tokens", "pk_test_simulator", form(typed.number, typed.cvc), nil)
		if status != typed.status || !strings.Contains(body, typed.code) || strings.Contains(body, typed.number) {
			t.Errorf("%+v: %d %s", typed, status, body)
		}
	}
}

func TestLists(t *testing.T) {
	now := time.Unix(1796083200, 0)
	c, _ := open(t, stripesim.Config{Clock: func() time.Time { now = now.Add(time.Second); return now }})
	var ids []string
	for range 25 {
		i, err := c.V1PaymentIntents.Create(t.Context(), &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(100), Currency: stripe.String("eur")})
		if err != nil {
			t.Fatal(err)
		}
		ids = append([]string{i.ID}, ids...)
	}
	read := func(p *stripe.PaymentIntentListParams) (list []string, made []int64) {
		for i, err := range c.V1PaymentIntents.List(t.Context(), p).All(context.WithoutCancel(t.Context())) {
			if err != nil {
				t.Fatal(err)
			}
			list, made = append(list, i.ID), append(made, i.Created)
		}
		return list, made
	}
	all, made := read(&stripe.PaymentIntentListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(7)}})
	if strings.Join(all, " ") != strings.Join(ids, " ") {
		t.Errorf("the list is %v, want %v", all, ids)
	}
	some, _ := read(&stripe.PaymentIntentListParams{CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: made[9], LesserThanOrEqual: made[3]}})
	if strings.Join(some, " ") != strings.Join(ids[3:10], " ") {
		t.Errorf("the part of the list is %v, want %v", some, ids[3:10])
	}
}
