package stripesim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func TestTheLeastAmountIsTheCurrencys(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	for currency, least := range map[string]int64{"eur": 50, "gbp": 30, "dkk": 250, "sek": 300, "pln": 200, "czk": 1500, "huf": 17500, "jpy": 50, "kwd": 500} {
		p := manual("pm_card_visa", least)
		p.Currency = &currency
		if _, err := c.V1PaymentIntents.Create(t.Context(), p); err != nil {
			t.Errorf("%d %s: %v", least, currency, err)
		}
		p = manual("pm_card_visa", least-1)
		p.Currency = &currency
		_, err := c.V1PaymentIntents.Create(t.Context(), p)
		refused(t, err, http.StatusBadRequest, "amount_too_small")
	}
}

// Metadata has room for fifty keys of the object, whatever request wrote them; a refused capture takes nothing.
func TestMetadataIsCountedByObject(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	p := manual("pm_card_visa", 10000)
	p.Metadata = map[string]string{}
	for n := range 50 {
		p.Metadata["k"+strconv.Itoa(n)] = "1"
	}
	i, err := c.V1PaymentIntents.Create(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.V1PaymentIntents.Update(t.Context(), i.ID, &stripe.PaymentIntentUpdateParams{Metadata: map[string]string{"more": "1"}})
	refused(t, err, http.StatusBadRequest, "")
	_, err = c.V1PaymentIntents.Capture(t.Context(), i.ID, &stripe.PaymentIntentCaptureParams{Metadata: map[string]string{"more": "1"}})
	refused(t, err, http.StatusBadRequest, "")
	i, err = c.V1PaymentIntents.Update(t.Context(), i.ID, &stripe.PaymentIntentUpdateParams{Metadata: map[string]string{"more": "1", "k0": ""}})
	if err != nil || len(i.Metadata) != 50 || i.Metadata["more"] != "1" || i.AmountReceived != 0 {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestTextsHaveTheirLength(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	for n, want := range map[int]bool{1000: true, 1001: false} {
		p := manual("pm_card_visa", 10000)
		p.Description = stripe.String(strings.Repeat("ü", n))
		if _, err := c.V1PaymentIntents.Create(t.Context(), p); (err == nil) != want {
			t.Errorf("a description of %d characters: %v", n, err)
		}
	}
	for n, want := range map[int]bool{200: true, 201: false} {
		_, err := c.V1CheckoutSessions.Create(t.Context(), &stripe.CheckoutSessionCreateParams{Mode: stripe.String("setup"), SuccessURL: stripe.String("http://127.0.0.1:1/back"),
			PaymentMethodTypes: []*string{stripe.String("card")}, ClientReferenceID: stripe.String(strings.Repeat("x", n))})
		if (err == nil) != want {
			t.Errorf("a reference of %d characters: %v", n, err)
		}
	}
}

// A check has its own reasons of a cancellation.
func TestWhyACheckIsCancelled(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	for reason, want := range map[string]bool{"abandoned": true, "duplicate": true, "requested_by_customer": true, "fraudulent": false} {
		u, err := c.V1SetupIntents.Create(t.Context(), &stripe.SetupIntentCreateParams{PaymentMethodTypes: []*string{stripe.String("card")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.V1SetupIntents.Cancel(t.Context(), u.ID, &stripe.SetupIntentCancelParams{CancellationReason: &reason}); (err == nil) != want {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// With a payment that is taken at once, captures in parts may be asked for, to no effect.
func TestPartsOfAPaymentThatIsTakenAtOnce(t *testing.T) {
	c, _ := open(t, stripesim.Config{})
	p := manual("pm_card_visa", 10000)
	p.CaptureMethod = nil
	i, err := c.V1PaymentIntents.Create(t.Context(), p)
	if err != nil || i.Status != stripe.PaymentIntentStatusSucceeded || i.AmountReceived != 10000 {
		t.Errorf("%+v, %v", i, err)
	}
}
