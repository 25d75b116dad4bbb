package story

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
)

// Cards that the gateway takes in test mode.
const (
	challengedCard = "4000002760003184" // its holder is asked
	refusedCard    = "4000000000000002"
)

// The carrier's service that is chosen, and where parcels leave.
const (
	service    = "FEDEX_REGIONAL_ECONOMY"
	originCode = "20457"
	originLand = "DE"
)

// byCard: a cart, rates of the carrier, a card that is refused, then one whose holder is asked, an order.
func (s *Story) byCard(ctx context.Context) {
	o := &s.card
	cart, checkout := "", ""
	if !s.step("Shop: a cart for the card adds up", func() (err error) {
		cart, err = s.fill(ctx, o, wanted{s.plot.List, 4}, wanted{s.plot.Kilograms, 6}, wanted{s.plot.ContractIDoc, 1})
		return err
	}) {
		return
	}
	if !s.step("Shop: FedEx's rates for address and weight, to the cent", func() (err error) {
		if checkout, err = s.open(ctx, cart, "PO-STORY-2"); err != nil {
			return err
		}
		return s.rates(ctx, checkout, o)
	}) {
		return
	}
	if !s.step("Shop: the review computes lines, shipping, tax and total, to the cent", func() error { return s.review(ctx, checkout, o) }) {
		return
	}
	s.step("Shop: a card that is refused leaves the checkout open and the stock free", func() error { return s.refusedCard(ctx, checkout) })
	if !s.step("Shop: ordered by card; the bank asks its holder, the order waits", func() error { return s.pay(ctx, checkout, o) }) {
		return
	}
	s.step("Shop: nothing is at SAP while the order waits for its payment", func() error {
		order, err := s.admin.get(ctx, "/orders/"+o.id)
		if err != nil {
			return err
		}
		return all(equal("status", order.text("status"), "pending"), equal("exportedAt", order.text("exportedAt"), ""))
	})
	if !s.step("Gateway: the holder says yes; the order stands, its money is authorized", func() error { return s.passed(ctx, o) }) {
		return
	}
	s.step("Shop: placing it again gives the same order, the gateway has one payment", func() error {
		again, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", nil)
		if err != nil {
			return err
		}
		if err := equal("order", again.ID, o.id); err != nil {
			return err
		}
		e, err := s.till.entry(ctx, o.number)
		if err != nil {
			return err
		}
		return all(equal("amount at the gateway", fmt.Sprint(e.Amount), coins(o.total)), equal("capturable at the gateway", fmt.Sprint(e.Capturable), coins(o.total)))
	})
}

// rates asks what shipping costs, compares FedEx's answer with its tariff, and chooses.
func (s *Story) rates(ctx context.Context, checkout string, o *placed) error {
	if _, err := s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/quoteShipping", nil); err != nil {
		return err
	}
	quotes, err := s.buyer.list(ctx, "/checkouts/"+checkout+"/quotes?page[size]=100")
	if err != nil {
		return err
	}
	weight := decimal.Zero
	for _, l := range o.lines {
		weight = weight.Add(l.weight)
	}
	rate, ok := fedexsim.Find(fedexsim.Shipment{FromCountry: originLand, FromPostalCode: originCode, ToCountry: s.country, ToPostalCode: s.postalCode,
		Weights: []decimal.Decimal{weight}}, service)
	if !ok {
		return fmt.Errorf("FedEx's tariff has no %s to %s %s", service, s.country, s.postalCode)
	}
	for _, q := range quotes {
		if q.text("code") != "fedex:"+service {
			continue
		}
		o.shipping = rate.Account
		s.add(o)
		if err := all(equal("kind", q.text("kind"), "live"), same("rate", q.text("amount"), rate.Account)); err != nil {
			return err
		}
		return s.choose(ctx, checkout, map[string]any{"paymentMethod": "stripe"}, map[string]any{"shippingQuote": relation("shippingQuotes", q.ID)})
	}
	return fmt.Errorf("among the %d quotes there is none of FedEx's %s", len(quotes), service)
}

func (s *Story) input(token string) map[string]any {
	return map[string]any{"paymentToken": token, "returnUrl": s.place.ShopURL + "/account", "cancelUrl": s.place.ShopURL + "/cart"}
}

func (s *Story) refusedCard(ctx context.Context, checkout string) error {
	token, err := s.till.token(ctx, refusedCard)
	if err != nil {
		return err
	}
	_, err = s.buyer.post(ctx, "/checkouts/"+checkout+"/actions/place", map[string]any{"data": map[string]any{"attributes": s.input(token)}})
	if err := is(err, 422); err != nil {
		return err
	}
	c, err := s.buyer.get(ctx, "/checkouts/"+checkout)
	if err != nil {
		return err
	}
	return all(equal("status of the checkout", c.text("status"), "open"), s.stock(ctx, s.plot.List.Product, decimal.Zero))
}

func (s *Story) pay(ctx context.Context, checkout string, o *placed) error {
	if err := s.review(ctx, checkout, o); err != nil {
		return err
	}
	token, err := s.till.token(ctx, challengedCard)
	if err != nil {
		return err
	}
	input := s.input(token)
	input["total"] = o.total.String()
	placed, err := s.placeOrder(ctx, checkout, input, o)
	if err != nil {
		return err
	}
	p, err := s.buyer.one(ctx, "/orders/"+placed.ID+"/payments")
	if err != nil {
		return err
	}
	if o.paymentURL = p.text("nextUrl"); o.paymentURL == "" {
		return fmt.Errorf("the payment does not say where its buyer has to go; it is %s", p.text("status"))
	}
	return equal("paymentStatus", placed.text("paymentStatus"), "requiresAction")
}

func (s *Story) passed(ctx context.Context, o *placed) error {
	if _, err := s.till.confirm(ctx, o.paymentURL); err != nil {
		return err
	}
	o.at = time.Now()
	return eventually(ctx, 10*time.Second, func() error { // the gateway tells by its webhook
		order, err := s.buyer.get(ctx, "/orders/"+o.id)
		if err != nil {
			return err
		}
		return all(equal("status", order.text("status"), "open"), equal("paymentStatus", order.text("paymentStatus"), "authorized"))
	})
}
