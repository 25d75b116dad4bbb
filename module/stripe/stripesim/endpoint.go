package stripesim

import (
	"net/http"
)

// endpoint is one method of the API.
type endpoint struct {
	pattern string // of net/http, with {id} for the object's
	takes   rules
	expands expanded
	public  bool // the publishable key is enough: the browser calls it
	// run answers; the caller holds the simulator's lock.
	run func(s *Simulator, q request) (object, *fault)
}

// request is one call that passed the checks of its parameters.
type request struct {
	parameters
	id       string
	expanded expanded
	base     string // where browsers reach the simulator
}

func endpoints() []endpoint {
	return []endpoint{
		{pattern: "POST /v1/payment_intents", takes: with(intentRules), expands: ofIntent, run: (*Simulator).createIntent},
		{pattern: "GET /v1/payment_intents", takes: with(paged), expands: listOf(ofIntent), run: (*Simulator).listIntents},
		{pattern: "GET /v1/payment_intents/{id}", takes: with(), expands: ofIntent, run: (*Simulator).getIntent},
		{pattern: "POST /v1/payment_intents/{id}", takes: with(rules{"metadata.*": text, "description": upTo(1000)}), expands: ofIntent, run: (*Simulator).updateIntent},
		{pattern: "POST /v1/payment_intents/{id}/confirm", takes: with(confirmRules), expands: ofIntent, run: (*Simulator).confirmIntent},
		{pattern: "POST /v1/payment_intents/{id}/capture", takes: with(captureRules), expands: ofIntent, run: (*Simulator).captureIntent},
		{pattern: "POST /v1/payment_intents/{id}/cancel", takes: with(cancelRules), expands: ofIntent, run: (*Simulator).cancelIntent},
		{pattern: "GET /v1/charges", takes: with(paged, rules{"payment_intent": text}), expands: listOf(ofCharge), run: (*Simulator).listCharges},
		{pattern: "GET /v1/charges/{id}", takes: with(), expands: ofCharge, run: (*Simulator).getCharge},
		{pattern: "POST /v1/refunds", takes: with(refundRules), expands: ofRefund, run: (*Simulator).createRefund},
		{pattern: "GET /v1/refunds", takes: with(paged, rules{"payment_intent": text, "charge": text}), expands: listOf(ofRefund), run: (*Simulator).listRefunds},
		{pattern: "GET /v1/refunds/{id}", takes: with(), expands: ofRefund, run: (*Simulator).getRefund},
		{pattern: "POST /v1/setup_intents", takes: with(setupRules), expands: ofSetup, run: (*Simulator).createSetup},
		{pattern: "GET /v1/setup_intents", takes: with(paged), expands: listOf(ofSetup), run: (*Simulator).listSetups},
		{pattern: "GET /v1/setup_intents/{id}", takes: with(), expands: ofSetup, run: (*Simulator).getSetup},
		{pattern: "POST /v1/setup_intents/{id}/cancel", takes: with(setupCancelRules), expands: ofSetup, run: (*Simulator).cancelSetup},
		{pattern: "POST /v1/checkout/sessions", takes: with(sessionRules), expands: ofSession, run: (*Simulator).createSession},
		{pattern: "GET /v1/checkout/sessions", takes: with(paged, rules{"payment_intent": text, "status": words("open", "complete", "expired")}),
			expands: listOf(ofSession), run: (*Simulator).listSessions},
		{pattern: "GET /v1/checkout/sessions/{id}", takes: with(), expands: ofSession, run: (*Simulator).getSession},
		{pattern: "POST /v1/checkout/sessions/{id}", takes: with(rules{"metadata.*": text}), expands: ofSession, run: (*Simulator).updateSession},
		{pattern: "POST /v1/checkout/sessions/{id}/expire", takes: with(), expands: ofSession, run: (*Simulator).expireSession},
		{pattern: "POST /v1/confirmation_tokens", takes: with(tokenRules, elementRules), public: true, run: (*Simulator).createToken},
		{pattern: "POST /v1/test_helpers/confirmation_tokens", takes: with(tokenRules), run: (*Simulator).createToken},
		{pattern: "GET /v1/confirmation_tokens/{id}", takes: with(), run: (*Simulator).getToken},
		{pattern: "GET /v1/account", takes: with(), run: (*Simulator).getAccount},
	}
}

func (s *Simulator) newRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, e := range endpoints() {
		mux.HandleFunc(e.pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, e) })
	}
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		f := invalid("", "", "Unrecognized request URL (%s: %s).", r.Method, r.URL.Path)
		f.status = http.StatusNotFound
		write(w, f.status, "", encode(object{"error": f.object()}))
	})
	s.pageRoutes(mux)
	return mux
}

func (s *Simulator) getAccount(request) (object, *fault) {
	return object{"id": "acct_simulator", "object": "account", "charges_enabled": true, "payouts_enabled": true,
		"details_submitted": true, "country": "DE", "default_currency": "eur", "type": "standard",
		"settings": object{"dashboard": object{"display_name": s.cfg.Merchant, "timezone": "Etc/UTC"}}}, nil
}
