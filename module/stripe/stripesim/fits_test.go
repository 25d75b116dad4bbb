package stripesim_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// A token is good for what its element was made for; a refused one is not used up.
func TestATokenFitsItsElement(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	token := func(made map[string]string) *string {
		t.Helper()
		const at = "payment_method_data[card]"
		form := url.Values{"payment_method_data[type]": {"card"}, at + "[number]": {"4242424242424242"}, at + "[exp_month]": {"12"}, at + "[exp_year]": {"2040"}, at + "[cvc]": {"123"}}
		for name, value := range made {
			form.Set("element["+name, value)
		}
		status, _, body := send(t, http.MethodPost, server.URL+"/v1/confirmation_tokens", "pk_test_simulator", form.Encode(), nil)
		_, rest, _ := strings.Cut(body, `"id": "`)
		id, _, _ := strings.Cut(rest, `"`)
		if status != http.StatusOK || !strings.HasPrefix(id, "ctoken_") {
			t.Fatalf("%d %s", status, body)
		}
		return &id
	}
	pay := func(token *string) error {
		p := manual("", 10000)
		p.PaymentMethod, p.ConfirmationToken = nil, token
		_, err := c.V1PaymentIntents.Create(t.Context(), p)
		return err
	}
	check := func(token *string) error {
		_, err := c.V1SetupIntents.Create(t.Context(), &stripe.SetupIntentCreateParams{Confirm: stripe.Bool(true), ConfirmationToken: token,
			Usage: stripe.String("on_session"), PaymentMethodTypes: []*string{stripe.String("card")}})
		return err
	}
	payment := map[string]string{"mode]": "payment", "currency]": "eur", "capture_method]": "manual", "payment_method_types][]": "card"}
	setup := map[string]string{"mode]": "setup", "setup_future_usage]": "on_session", "payment_method_types][]": "card"}
	for what, k := range map[string]struct {
		made    map[string]string
		confirm func(*string) error
		change  map[string]string
	}{
		"currency":             {payment, pay, map[string]string{"currency]": "usd"}},
		"capture_method":       {payment, pay, map[string]string{"capture_method]": ""}},
		"payment_method_types": {payment, pay, map[string]string{"payment_method_types][]": "paypal"}},
		"setup_future_usage":   {setup, check, map[string]string{"setup_future_usage]": ""}},
		"confirmation_token":   {payment, pay, setup},
	} {
		other := map[string]string{}
		for _, set := range []map[string]string{k.made, k.change} {
			for name, value := range set {
				if other[name] = value; value == "" {
					delete(other, name)
				}
			}
		}
		wrong := token(other)
		for range 2 {
			var e *stripe.Error
			if err := k.confirm(wrong); !errors.As(err, &e) || e.HTTPStatusCode != http.StatusBadRequest || e.Param != what || strings.Contains(e.Msg, "used already") {
				t.Errorf("another %s: %v", what, err)
			}
		}
		if err := k.confirm(token(k.made)); err != nil {
			t.Errorf("what the element was made for: %v", err)
		}
	}
}
