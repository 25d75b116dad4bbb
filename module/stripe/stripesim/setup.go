package stripesim

import (
	"maps"
	"time"
)

// setup is a SetupIntent: a card that is checked, not charged.
type setup struct {
	id, secret, status, usage, description string
	returnURL, nextURL                     string
	made                                   element
	sdk                                    bool
	metadata                               map[string]string
	method                                 *method
	lastError                              *fault
	session                                *session
	created                                time.Time
	canceledBecause                        string
}

func (u *setup) object(e expanded) object {
	o := object{"id": u.id, "object": "setup_intent", "client_secret": u.secret, "created": u.created.Unix(), "livemode": false,
		"metadata": maps.Clone(u.metadata), "status": u.status, "usage": u.usage, "payment_method_types": []string{"card"},
		"payment_method": nil, "next_action": nil, "last_setup_error": nil, "description": orNil(u.description),
		"cancellation_reason": orNil(u.canceledBecause)}
	if u.lastError != nil {
		o["last_setup_error"] = u.lastError.object()
	}
	if u.status == requiresAction {
		o["next_action"] = nextAction(u.nextURL, u.returnURL, u.sdk)
	}
	if u.method != nil {
		o["payment_method"] = u.method.id
		if _, ok := e["payment_method"]; ok {
			o["payment_method"] = u.method.object()
		}
	}
	return o
}

var setupRules = with(confirmRules, rules{"confirm": boolean, "payment_method_types.#": words("card"), "metadata.*": text,
	"usage": words("off_session", "on_session"), "description": upTo(1000)})

var setupCancelRules = rules{"cancellation_reason": words("abandoned", "duplicate", "requested_by_customer")}

func (s *Simulator) createSetup(q request) (object, *fault) {
	u := &setup{id: newID("seti"), status: requiresMethod, usage: "off_session", metadata: q.below("metadata"), created: s.now(),
		description: q.parameters["description"]}
	u.secret = u.id + "_secret_" + random(12)
	if given := q.parameters["usage"]; given != "" {
		u.usage = given
	}
	if q.parameters["confirm"] != "true" {
		s.setups.add(u.id, u)
		s.tell("setup_intent.created", u.object(nil))
		return u.object(q.expanded), nil
	}
	u.made = element{Mode: "setup", Types: types(q, "payment_method_types"), Usage: u.usage}
	with, f := s.chosen(q, u.id, u.made)
	if f != nil {
		return nil, f
	}
	s.setups.add(u.id, u)
	s.tell("setup_intent.created", u.object(nil))
	if f := s.verify(u, with, q.base); f != nil {
		return nil, f
	}
	return u.object(q.expanded), nil
}

// verify checks a card with its bank, or sends its holder there.
func (s *Simulator) verify(u *setup, c choice, base string) *fault {
	u.method, u.lastError, u.returnURL, u.nextURL, u.sdk = c.method, nil, c.back, "", c.sdk
	if c.method.card.challenged {
		u.status = requiresAction
		if c.back != "" {
			u.nextURL = base + "/3ds/" + u.id + "/" + random(12)
		}
		s.tell("setup_intent.requires_action", u.object(nil))
		return nil
	}
	return s.verified(u)
}

func (s *Simulator) verified(u *setup) *fault {
	u.nextURL = ""
	if d := u.method.card.decline; d != (verdict{}) {
		return s.failSetup(u, d.declines(u.method, ""))
	}
	u.status = succeeded
	s.tell("setup_intent.succeeded", u.object(nil))
	return nil
}

func (s *Simulator) failSetup(u *setup, f *fault) *fault {
	kept := *f
	u.status, u.lastError, u.method, u.nextURL = requiresMethod, &kept, nil, ""
	s.tell("setup_intent.setup_failed", u.object(nil))
	f.setup = u.object(nil)
	return f
}

// authenticatedSetup goes on with a card whose holder came back from his bank, and says where he goes.
func (s *Simulator) authenticatedSetup(u *setup, passed bool) string {
	if passed {
		_ = s.verified(u)
	} else {
		_ = s.failSetup(u, unauthenticated("setup_intent_authentication_failure", u.method))
	}
	result := "failed"
	if u.status == succeeded {
		result = "succeeded"
	}
	return returned(u.returnURL, map[string]string{"setup_intent": u.id, "setup_intent_client_secret": u.secret, "redirect_status": result})
}

func (s *Simulator) getSetup(q request) (object, *fault) {
	u, ok := s.setups.get(q.id)
	if !ok {
		return nil, missing("setup_intent", q.id, "intent")
	}
	return u.object(q.expanded), nil
}

func (s *Simulator) cancelSetup(q request) (object, *fault) {
	u, ok := s.setups.get(q.id)
	switch {
	case !ok:
		return nil, missing("setup_intent", q.id, "intent")
	case u.status == succeeded || u.status == canceled || u.session != nil:
		return nil, invalid("setup_intent_unexpected_state", "", "You cannot cancel this SetupIntent because it has a status of %s.", u.status)
	}
	u.status, u.canceledBecause, u.nextURL = canceled, q.parameters["cancellation_reason"], ""
	s.tell("setup_intent.canceled", u.object(nil))
	return u.object(q.expanded), nil
}

func (s *Simulator) listSetups(q request) (object, *fault) {
	return page("/v1/setup_intents", q.parameters, s.setups.all(), func(u *setup) string { return u.id },
		func(u *setup) time.Time { return u.created }, func(u *setup) object { return u.object(q.expanded["data"]) })
}
