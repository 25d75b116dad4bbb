package stripesim

import "github.com/stripe/stripe-go/v85"

// event is one thing that happened, as a webhook tells it (docs.stripe.com/api/events/object).
type event struct {
	id, kind string
	body     []byte
	attempts int
	sent     bool
	status   int // of the last answer, 0 if there was none
}

// tell writes an event for the webhook's endpoint. The caller holds the lock.
func (s *Simulator) tell(kind string, of object) {
	e := &event{id: newID("evt"), kind: kind}
	e.body = encode(object{"id": e.id, "object": "event", "api_version": stripe.APIVersion, "created": s.now().Unix(),
		"data": object{"object": of}, "livemode": false, "pending_webhooks": 1, "type": kind,
		"request": object{"id": "req_" + random(7), "idempotency_key": nil}})
	s.out.put(e)
}
