package stripesim

// state is what /_control shows: amounts are in the currency's smallest coin. The caller holds the lock.
func (s *Simulator) state() object {
	mode, url, waiting := s.out.shape()
	sum := map[string]*total{}
	payments := []object{}
	for _, i := range s.intents.all() {
		payments = append(payments, s.payment(i, sum))
	}
	setups := []object{}
	for _, u := range s.setups.all() {
		setups = append(setups, object{"id": u.id, "status": u.status, "metadata": u.metadata, "created": u.created.Unix()})
	}
	sessions := []object{}
	for _, c := range s.sessions.all() {
		o := object{"id": c.id, "status": c.status, "mode": c.mode, "url": c.url, "metadata": c.metadata, "paymentIntent": nil}
		if c.intent != nil {
			o["paymentIntent"] = c.intent.id
		}
		sessions = append(sessions, o)
	}
	return object{"mischief": s.mischief, "webhooks": mode, "webhookURL": url, "waiting": waiting, "payments": payments,
		"setups": setups, "sessions": sessions, "events": s.out.told(), "calls": s.calls, "totals": sum}
}

// total are sums over all payments of a currency.
type total struct {
	Captured int64 `json:"captured"`
	Refunded int64 `json:"refunded"`
	Reserved int64 `json:"reserved"`
}

func (s *Simulator) payment(i *intent, sum map[string]*total) object {
	if sum[i.currency] == nil {
		sum[i.currency] = &total{}
	}
	t := sum[i.currency]
	t.Captured += i.received
	t.Reserved += i.capturable
	refunds := []object{}
	refunded, card := int64(0), any(nil)
	if i.charge != nil {
		refunded = i.charge.returned
		card = i.charge.method.card.brand + " " + i.charge.method.card.last4
		for _, r := range i.charge.refunds {
			refunds = append(refunds, object{"id": r.id, "amount": r.amount, "status": r.status, "metadata": r.metadata})
		}
	}
	t.Refunded += refunded
	return object{"id": i.id, "status": i.status, "currency": i.currency, "amount": i.amount, "capturable": i.capturable,
		"captured": i.received, "captures": i.captures, "refunded": refunded, "refunds": refunds, "metadata": i.metadata,
		"card": card, "created": i.created.Unix(), "nextURL": orNil(i.nextURL)}
}
