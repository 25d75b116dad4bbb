package stripe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/money"
)

func TestForm(t *testing.T) {
	m := stripe.New()
	keys := map[string]any{"publishableKey": "pk_test_x", "secretKey": "sk_test_x", "capture": "order"}
	s := moduletest.Channel(t, m, keys).Settings
	want := module.PaymentForm{Script: "https://js.stripe.com/dahlia/stripe.js", Element: "stripe", Hosted: true,
		Options: map[string]string{"publishableKey": "pk_test_x", "mode": "payment", "amount": "12345", "currency": "eur", "locale": "de",
			"captureMethod": "automatic", "paymentMethodTypes": "card"},
		Sources: []string{"https://*.js.stripe.com", "https://api.stripe.com", "https://checkout.stripe.com", "https://hooks.stripe.com", "https://js.stripe.com"}}
	if d := cmp.Diff(want, m.PaymentForm(s, module.PaymentQuestion{Amount: euros(t, "123.45"), Language: "de"})); d != "" {
		t.Errorf("the form differs (-want +got):\n%s", d)
	}
	f := m.PaymentForm(s, module.PaymentQuestion{Validate: true, Language: "xx"})
	if f.Options["mode"] != "setup" || f.Options["amount"] != "" || f.Options["locale"] != "auto" || f.Options["setupFutureUsage"] != "on_session" {
		t.Errorf("the form of a check is %+v", f)
	}
	odd, err := money.Parse("1.234", "KWD")
	if err != nil {
		t.Fatal(err)
	}
	if f = m.PaymentForm(s, module.PaymentQuestion{Amount: odd}); f.Script != "" || !f.Hosted {
		t.Errorf("for %s, which Stripe cannot charge, the form is %+v", odd, f)
	}
	keys["apiBase"], keys["scriptURL"], keys["capture"] = "http://127.0.0.1:1234", "http://127.0.0.1:1234/dahlia/stripe.js", "shipment"
	s = moduletest.Channel(t, m, keys).Settings
	f = m.PaymentForm(s, module.PaymentQuestion{Amount: euros(t, "1.00"), Language: "en"})
	if d := cmp.Diff([]string{"http://127.0.0.1:1234"}, f.Sources); d != "" || f.Options["captureMethod"] != "manual" {
		t.Errorf("the form is %+v", f)
	}
	for _, value := range f.Options {
		if value == "sk_test_x" {
			t.Error("the page gets the secret key")
		}
	}
}
