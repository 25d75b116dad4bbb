package stripesim

import (
	"time"
)

// authorizationTime is how long Stripe holds the money of a card (docs.stripe.com/payments/place-a-hold-on-a-payment-method).
const authorizationTime = 7 * 24 * time.Hour

// charge is one try to take money from a card.
type charge struct {
	id            string
	intent        *intent
	method        *method
	amount        int64
	taken         int64 // amount_captured
	returned      int64 // amount_refunded
	captured      bool  // nothing is reserved any more
	verdict       verdict
	multicapture  bool
	captureBefore time.Time
	created       time.Time
	refunds       []*refund
}

func (c *charge) ok() bool { return c.verdict == verdict{} }

func (c *charge) object(e expanded) object {
	status := "succeeded"
	if !c.ok() {
		status = "failed"
	}
	details := c.method.object()["card"].(object)
	if c.ok() {
		details["amount_authorized"] = c.amount
		details["multicapture"] = object{"status": available(c.multicapture)}
		if !c.captured && !c.captureBefore.IsZero() {
			details["capture_before"] = c.captureBefore.Unix()
		}
	}
	o := object{"id": c.id, "object": "charge", "amount": c.amount, "amount_captured": c.taken, "amount_refunded": c.returned,
		"captured": c.captured, "created": c.created.Unix(), "currency": c.intent.currency, "livemode": false,
		"metadata": c.intent.metadata, "paid": c.ok(), "payment_intent": c.intent.id, "payment_method": c.method.id,
		"payment_method_details": object{"type": "card", "card": details}, "description": orNil(c.intent.description),
		"refunded": c.captured && c.taken > 0 && c.returned == c.taken, "status": status, "failure_code": orNil(c.verdict.code),
		"failure_message": orNil(c.verdict.message), "disputed": false}
	if below, ok := e["refunds"]; ok {
		o["refunds"] = c.list(below)
	}
	return o
}

// list gives the ten newest refunds, as lists within objects do.
func (c *charge) list(e expanded) object {
	data := []object{}
	for i := len(c.refunds) - 1; i >= 0 && len(data) < 10; i-- {
		data = append(data, c.refunds[i].object(e))
	}
	return object{"object": "list", "url": "/v1/charges/" + c.id + "/refunds", "has_more": len(c.refunds) > 10, "data": data}
}

func available(yes bool) string {
	if yes {
		return "available"
	}
	return "unavailable"
}

func (s *Simulator) getCharge(q request) (object, *fault) {
	c, ok := s.charges.get(q.id)
	if !ok {
		return nil, missing("charge", q.id, "id")
	}
	return c.object(q.expanded), nil
}

func (s *Simulator) listCharges(q request) (object, *fault) {
	var all []*charge
	for _, c := range s.charges.all() {
		if i := q.parameters["payment_intent"]; i == "" || c.intent.id == i {
			all = append(all, c)
		}
	}
	return page("/v1/charges", q.parameters, all, func(c *charge) string { return c.id },
		func(c *charge) time.Time { return c.created }, func(c *charge) object { return c.object(q.expanded["data"]) })
}
