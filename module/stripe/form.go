package stripe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/module"
)

// PaymentTraits implements module.Payment.
func (Module) PaymentTraits(s module.Settings) module.PaymentTraits {
	return module.PaymentTraits{Online: true, Capture: module.CaptureTime(s["capture"]), Validates: true}
}

// PaymentForm implements module.Payment. The options are those of Stripe's elements() for an intent that is made later
// (docs.stripe.com/payments/accept-a-payment-deferred): mode, amount, currency, captureMethod, setupFutureUsage of a check, and
// paymentMethodTypes as a list separated by blanks: Stripe refuses a token whose element was made for something else than the intent. An amount that Stripe cannot charge, or a key that is not the publishable one, leaves only the hosted way.
func (Module) PaymentForm(s module.Settings, q module.PaymentQuestion) module.PaymentForm {
	f := module.PaymentForm{Script: s[scriptURL], Element: "stripe", Hosted: true, Sources: sources(s),
		Options: map[string]string{publishableKey: s[publishableKey], "locale": locale(q.Language), "paymentMethodTypes": "card", "mode": "setup"}}
	if !strings.HasPrefix(s[publishableKey], "pk_") { // a secret key in the wrong place must not reach a buyer
		delete(f.Options, publishableKey)
		f.Script, f.Element = "", ""
	}
	if q.Validate {
		f.Options["setupFutureUsage"] = checkUsage
		return f
	}
	n, err := coins(q.Amount)
	if err != nil {
		f.Script, f.Element = "", ""
		return f
	}
	f.Options["mode"], f.Options["amount"] = "payment", strconv.FormatInt(n, 10)
	f.Options["currency"] = strings.ToLower(q.Amount.Currency)
	f.Options["captureMethod"] = captureMethod(s)
	return f
}

func captureMethod(s module.Settings) string {
	if s["capture"] == string(module.AtOrder) {
		return "automatic"
	}
	return "manual"
}

// sources are the origins that docs.stripe.com/security/guide#content-security-policy lists for Stripe.js, and those that the
// buyer is sent on to: the hosted Checkout page and the page that leads to his bank.
func sources(s module.Settings) []string {
	all := []string{origin(s[scriptURL]), origin(s[apiBase])}
	if all[0] == "https://js.stripe.com" {
		all = append(all, "https://*.js.stripe.com", "https://hooks.stripe.com", "https://checkout.stripe.com")
	}
	all = slices.DeleteFunc(all, func(o string) bool { return o == "" })
	slices.Sort(all)
	return slices.Compact(all)
}

// locales are the languages of Stripe's pages.
var locales = strings.Fields("bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh")

func locale(language string) string {
	if slices.Contains(locales, language) {
		return language
	}
	return "auto"
}
