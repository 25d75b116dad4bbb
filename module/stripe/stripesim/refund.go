package stripesim

import (
	"maps"
	"time"
)

// refund is money given back of a charge.
type refund struct {
	id       string
	charge   *charge
	amount   int64
	status   string
	failure  string
	reason   string
	metadata map[string]string
	created  time.Time
}

func (r *refund) object(e expanded) object {
	i := r.charge.intent
	o := object{"id": r.id, "object": "refund", "amount": r.amount, "charge": r.charge.id, "created": r.created.Unix(),
		"currency": i.currency, "metadata": maps.Clone(r.metadata), "payment_intent": i.id, "reason": orNil(r.reason), "status": r.status}
	if r.failure != "" {
		o["failure_reason"] = r.failure
	}
	if below, ok := e["payment_intent"]; ok {
		o["payment_intent"] = i.object(below)
	}
	if below, ok := e["charge"]; ok {
		o["charge"] = r.charge.object(below)
	}
	return o
}

var refundRules = rules{"payment_intent": text, "charge": text, "amount": integer, "metadata.*": text,
	"reason": words("duplicate", "fraudulent", "requested_by_customer")}

// createRefund gives money back, never more than was taken.
func (s *Simulator) createRefund(q request) (object, *fault) {
	c, f := s.refundable(q)
	if f != nil {
		return nil, f
	}
	left := c.taken - c.returned
	amount := left
	if _, given := q.parameters["amount"]; given {
		amount = q.number("amount")
	}
	switch {
	case c.taken == 0:
		return nil, invalid("charge_not_captured", "", "This charge has not been captured, so there is nothing to refund; cancel the PaymentIntent.")
	case left == 0:
		return nil, invalid("charge_already_refunded", "", "Charge %s has already been refunded.", c.id)
	case amount > left:
		return nil, invalid("amount_too_large", "amount", "Refund amount (%d) is greater than unrefunded amount on charge (%d).", amount, left)
	case amount < 1, threeDigits[c.intent.currency] && amount%10 != 0, rounded[c.intent.currency] && amount%100 != 0:
		return nil, invalid("parameter_invalid_integer", "amount", "Invalid amount: %d.", amount)
	}
	r := &refund{id: newID("re"), charge: c, amount: amount, status: succeeded, reason: q.parameters["reason"],
		metadata: q.below("metadata"), created: s.now()}
	c.returned += amount
	c.refunds = append(c.refunds, r)
	s.refunds.add(r.id, r)
	s.tell("refund.created", r.object(nil))
	s.tell("charge.refunded", c.object(nil))
	answer := r.object(q.expanded)
	if c.method.card.refundFails {
		s.sendBack(r)
	}
	return answer, nil
}

func (s *Simulator) refundable(q request) (*charge, *fault) {
	id, of := q.parameters["charge"], q.parameters["payment_intent"]
	switch {
	case (id == "") == (of == ""):
		return nil, invalid("parameter_missing", "payment_intent", "One of the following params should be provided for this request: payment_intent or charge.")
	case id != "":
		c, ok := s.charges.get(id)
		if !ok {
			return nil, missing("charge", id, "charge")
		}
		return c, nil
	}
	i, ok := s.intents.get(of)
	if !ok {
		return nil, missing("payment_intent", of, "payment_intent")
	}
	if i.charge == nil || !i.charge.ok() {
		return nil, invalid("", "payment_intent", "This PaymentIntent (%s) does not have a successful charge to refund.", of)
	}
	return i.charge, nil
}

// sendBack is a refund that the buyer's bank did not take: the money is the merchant's again.
func (s *Simulator) sendBack(r *refund) {
	r.status, r.failure = "failed", "expired_or_canceled_card"
	r.charge.returned -= r.amount
	s.tell("refund.failed", r.object(nil))
	s.tell("refund.updated", r.object(nil))
}

func (s *Simulator) failRefund(id string) *fault {
	if id == "" {
		return nil
	}
	r, ok := s.refunds.get(id)
	if !ok || r.status != succeeded {
		return invalid("", "failRefund", "there is no refund %s that succeeded", id)
	}
	s.sendBack(r)
	return nil
}

func (s *Simulator) getRefund(q request) (object, *fault) {
	r, ok := s.refunds.get(q.id)
	if !ok {
		return nil, missing("refund", q.id, "refund")
	}
	return r.object(q.expanded), nil
}

func (s *Simulator) listRefunds(q request) (object, *fault) {
	var all []*refund
	for _, r := range s.refunds.all() {
		i, c := q.parameters["payment_intent"], q.parameters["charge"]
		if (i == "" || r.charge.intent.id == i) && (c == "" || r.charge.id == c) {
			all = append(all, r)
		}
	}
	return page("/v1/refunds", q.parameters, all, func(r *refund) string { return r.id },
		func(r *refund) time.Time { return r.created }, func(r *refund) object { return r.object(q.expanded["data"]) })
}
