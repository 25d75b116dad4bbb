package stripesim

import (
	"cmp"
	"slices"
	"strings"
)

// element is what the options of a payment element and the parameters of an intent have in common. Stripe refuses a
// confirmation whose token comes from an element that was made for something else
// (docs.stripe.com/payments/accept-a-payment-deferred). Amounts it does not compare here: its pages do not say that it does.
type element struct{ Mode, Currency, Capture, Types, Usage string }

// elementRules are how the script tells what its element was made for; Stripe's own speaks of it in its own way.
var elementRules = rules{"element.mode": words("payment", "setup"), "element.currency": text,
	"element.capture_method": words("automatic", "automatic_async", "manual"), "element.payment_method_types.#": text,
	"element.setup_future_usage": words("off_session", "on_session")}

// elementOf reads what a token's element was made for; nil if it comes from none.
func elementOf(q request) *element {
	const at = "element."
	p := q.parameters
	if p[at+"mode"] == "" {
		return nil
	}
	e := element{Mode: p[at+"mode"], Currency: strings.ToLower(p[at+"currency"]), Capture: p[at+"capture_method"], Types: types(q, at+"payment_method_types"),
		Usage: p[at+"setup_future_usage"]}.whole()
	return &e
}

// whole fills in what is meant where nothing is said.
func (e element) whole() element {
	if e.Mode == "setup" {
		e.Capture, e.Currency, e.Usage = "", "", cmp.Or(e.Usage, "off_session")
		return e
	}
	e.Capture = cmp.Or(e.Capture, "automatic_async")
	return e
}

func types(q request, path string) string {
	var all []string
	for _, t := range q.below(path) {
		all = append(all, t)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// fits refuses a token whose element was made for something else than the intent that it is to confirm.
func (t *token) fits(intent element) *fault {
	if t.element != nil && t.element.Mode != intent.Mode {
		return invalid("", "confirmation_token", "The ConfirmationToken %s was made by an element in %s mode.", t.id, t.element.Mode)
	}
	pairs := [][3]string{}
	switch {
	case t.element != nil:
		pairs = append(pairs, [3]string{"currency", intent.Currency, t.element.Currency}, [3]string{"capture_method", intent.Capture, t.element.Capture},
			[3]string{"payment_method_types", intent.Types, t.element.Types}, [3]string{"setup_future_usage", intent.Usage, t.element.Usage})
	case t.usage != "":
		pairs = append(pairs, [3]string{"setup_future_usage", intent.Usage, t.usage})
	}
	for _, p := range pairs {
		if p[1] != p[2] {
			return invalid("", p[0], "The provided %s (%s) does not match the expected %s (%s). Try confirming with a Payment Intent that is configured to use the same parameters as Stripe Elements.",
				p[0], cmp.Or(p[1], "null"), p[0], cmp.Or(p[2], "null"))
		}
	}
	return nil
}
