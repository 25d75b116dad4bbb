package stripesim

import (
	"maps"
	"net/url"
	"strings"
	"time"
)

// session is a Checkout Session: Stripe's own page (docs.stripe.com/api/checkout/sessions/object).
type session struct {
	id, mode, status, url string
	amount                int64
	currency, product     string
	successURL, cancelURL string
	email, reference      string
	locale                string
	metadata, inner       map[string]string // its own, and that of the intent it makes
	description           string
	automatic             bool
	multicapture          bool
	intent                *intent
	setup                 *setup
	created, expires      time.Time
	problem               string // what the page says of the last try
}

// The statuses of a session.
const (
	open     = "open"
	complete = "complete"
	over     = "expired"
)

func (c *session) object(e expanded) object {
	o := object{"id": c.id, "object": "checkout.session", "mode": c.mode, "status": c.status, "url": nil, "livemode": false,
		"amount_total": nil, "amount_subtotal": nil, "currency": orNil(c.currency), "success_url": c.successURL,
		"cancel_url": orNil(c.cancelURL), "customer_email": orNil(c.email), "client_reference_id": orNil(c.reference),
		"metadata": maps.Clone(c.metadata), "payment_intent": nil, "setup_intent": nil, "payment_method_types": []string{"card"},
		"created": c.created.Unix(), "expires_at": c.expires.Unix(), "payment_status": "unpaid", "ui_mode": "hosted_page",
		"locale": orNil(c.locale), "customer": nil}
	if c.status == open {
		o["url"] = c.url
	}
	switch {
	case c.mode == "setup":
		o["payment_status"] = "no_payment_required"
	case c.status == complete && c.intent.received > 0:
		o["payment_status"] = "paid"
	}
	if c.mode == "payment" {
		o["amount_total"], o["amount_subtotal"] = c.amount, c.amount
	}
	if c.intent != nil {
		o["payment_intent"] = c.intent.id
		if below, ok := e["payment_intent"]; ok {
			o["payment_intent"] = c.intent.object(below)
		}
	}
	if c.setup != nil {
		o["setup_intent"] = c.setup.id
		if below, ok := e["setup_intent"]; ok {
			o["setup_intent"] = c.setup.object(below)
		}
	}
	return o
}

var locales = strings.Fields("auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW")

var sessionRules = with(cardOptions, rules{"mode": words("payment", "setup"), "success_url": text, "cancel_url": text,
	"client_reference_id": upTo(200), "customer_email": text, "locale": words(locales...), "payment_method_types.#": words("card"),
	"line_items.0.quantity": integer, "line_items.0.price_data.currency": text, "line_items.0.price_data.unit_amount": integer,
	"line_items.0.price_data.product_data.name": text, "metadata.*": text, "ui_mode": words("hosted_page"),
	"payment_intent_data.capture_method": words("automatic", "automatic_async", "manual"), "payment_intent_data.metadata.*": text,
	"payment_intent_data.description": upTo(1000), "setup_intent_data.metadata.*": text, "setup_intent_data.description": upTo(1000)})

func (s *Simulator) createSession(q request) (object, *fault) {
	c := &session{id: newID("cs_test"), mode: q.parameters["mode"], status: open, successURL: q.parameters["success_url"],
		cancelURL: q.parameters["cancel_url"], email: q.parameters["customer_email"], reference: q.parameters["client_reference_id"],
		locale: q.parameters["locale"], metadata: q.below("metadata"), created: s.now()}
	c.expires, c.url = c.created.Add(24*time.Hour), q.base+"/c/pay/"+c.id
	for name, value := range map[string]string{"success_url": c.successURL, "cancel_url": c.cancelURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || !u.IsAbs()) {
			return nil, invalid("url_invalid", name, "Not a valid URL.")
		}
	}
	if c.email != "" && !strings.Contains(c.email, "@") {
		return nil, invalid("email_invalid", "customer_email", "Invalid email address: %.100s", c.email)
	}
	var f *fault
	switch {
	case c.mode == "":
		f = invalid("parameter_missing", "mode", "Missing required param: mode.")
	case c.successURL == "":
		f = invalid("parameter_missing", "success_url", "Missing required param: success_url.")
	case c.mode == "payment":
		if f = c.takeAmount(q); f == nil {
			f = s.mayAsk(c.multicapture)
		}
	default:
		f = c.takeSetup(q)
	}
	if f != nil {
		return nil, f
	}
	s.sessions.add(c.id, c)
	return c.object(q.expanded), nil
}

func (c *session) takeAmount(q request) *fault {
	const item = "line_items.0."
	p := q.parameters
	for _, name := range []string{"quantity", "price_data.currency", "price_data.unit_amount", "price_data.product_data.name"} {
		if p[item+name] == "" {
			return invalid("parameter_missing", bracketed(item+name), "Missing required param: %s.", bracketed(item+name))
		}
	}
	for path := range p {
		if strings.HasPrefix(path, "setup_intent_data.") {
			return invalid("", bracketed(path), "You can not pass `setup_intent_data` in `payment` mode.")
		}
	}
	if p.number(item+"quantity") < 1 {
		return invalid("parameter_invalid_integer", bracketed(item+"quantity"), "This value must be greater than or equal to 1.")
	}
	c.currency, c.amount = strings.ToLower(p[item+"price_data.currency"]), p.number(item+"quantity")*p.number(item+"price_data.unit_amount")
	c.product, c.description = p[item+"price_data.product_data.name"], p["payment_intent_data.description"]
	c.inner, c.automatic = q.below("payment_intent_data.metadata"), p["payment_intent_data.capture_method"] != "manual"
	c.multicapture = p["payment_method_options.card.request_multicapture"] == "if_available"
	return accept(c.amount, c.currency, bracketed(item+"price_data.unit_amount"))
}

func (c *session) takeSetup(q request) *fault {
	if q.parameters["payment_method_types.0"] == "" {
		return invalid("parameter_missing", "currency", "You must give payment_method_types or currency in `setup` mode.")
	}
	for path := range q.parameters {
		if strings.HasPrefix(path, "payment_intent_data.") || strings.HasPrefix(path, "line_items.") {
			return invalid("", bracketed(path), "You can not pass `%s` in `setup` mode.", bracketed(path))
		}
	}
	c.inner, c.description = q.below("setup_intent_data.metadata"), q.parameters["setup_intent_data.description"]
	return nil
}
