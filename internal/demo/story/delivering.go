package story

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// delivering: SAP takes the order that was paid by card, confirms it, ships it in two parts and charges each; the card is
// charged as the goods leave, and a line that comes back is refunded.
func (s *Story) delivering(ctx context.Context) {
	o := &s.card
	if o.number == "" || o.at.IsZero() {
		return
	}
	if !s.step("SFTP: its file lies in out/ within 5 s; SAP finds the same total, to the cent", func() error { return s.pulled(ctx, o, o.at) }) {
		return
	}
	s.step("SAP confirms quantities and days; the buyer sees them on his lines", func() error { return s.confirms(ctx, o) })
	var first sapsim.Delivery
	if !s.step("SAP ships a part; the buyer sees it with its tracking link", func() (err error) { first, err = s.ships(ctx, o, "partlyShipped", s.half(o)...); return err }) {
		return
	}
	s.step("Gateway: just that part is captured, in Hanse as at Stripe", func() error { return s.captured(ctx, o, s.worth(o, s.half(o)), decimal.Zero) })
	s.step("SAP charges the part; the buyer sees the invoice and its PDF", func() error { return s.invoices(ctx, o, first.Number) })
	s.step("SAP sends the delivery once more, and an older one late: nothing changes", func() error { return s.repeats(ctx, o, first) })
	var rest sapsim.Delivery
	if !s.step("SAP ships the rest; all is captured, to the cent", func() (err error) {
		if rest, err = s.ships(ctx, o, "shipped"); err != nil {
			return err
		}
		return s.captured(ctx, o, o.total, decimal.Zero)
	}) {
		return
	}
	s.step("SAP charges the rest; the invoices add up to the order's total", func() error {
		if err := s.invoices(ctx, o, rest.Number); err != nil {
			return err
		}
		return s.addUp(ctx, o)
	})
	s.step("API: a line that comes back is refunded, in Hanse as at Stripe", func() error { return s.refunds(ctx, o) })
}

func (s *Story) confirms(ctx context.Context, o *placed) error {
	d, err := s.sap.Confirm(ctx, o.number)
	if err != nil {
		return err
	}
	if err := s.taken(ctx, d.File); err != nil {
		return err
	}
	return eventually(ctx, 5*time.Second, func() error {
		lines, err := s.buyer.list(ctx, "/orders/"+o.id+"/lines?sort=position")
		if err != nil {
			return err
		}
		for i, l := range lines {
			if l.text("confirmedOn") == "" {
				return fmt.Errorf("line %d has no day", i+1)
			}
			if err := same("confirmed", l.text("confirmedQuantity"), o.lines[i].quantity); err != nil {
				return err
			}
		}
		return nil
	})
}

// taken waits until a file of SAP's has come in, whole.
func (s *Story) taken(ctx context.Context, name string) error {
	return eventually(ctx, 10*time.Second, func() error {
		x, err := s.admin.one(ctx, "/exchanges?filter[direction]=in&filter[name]="+url.QueryEscape(name))
		if err != nil {
			return err
		}
		return equal("status of "+name, x.text("status"), "done")
	})
}

// half is the first line whole and one piece of the second.
func (s *Story) half(o *placed) []sapsim.Portion {
	return []sapsim.Portion{{Position: 10, Quantity: o.lines[0].quantity}, {Position: 20, Quantity: decimal.NewFromInt(2)}}
}

// worth is what the buyer pays for portions that are the first to leave: their share of each line with its tax, rounded once,
// and all of shipping.
func (s *Story) worth(o *placed, portions []sapsim.Portion) decimal.Decimal {
	sum := o.shipping.Add(s.tax(o.shipping))
	for _, p := range portions {
		l := o.lines[p.Position/10-1]
		sum = sum.Add(l.total.Add(l.tax).Mul(p.Quantity).DivRound(l.quantity, 2))
	}
	return sum
}

func (s *Story) ships(ctx context.Context, o *placed, want string, portions ...sapsim.Portion) (sapsim.Delivery, error) {
	d, err := s.sap.Ship(ctx, o.number, nil, portions...)
	if err != nil {
		return d, err
	}
	return d, eventually(ctx, 10*time.Second, func() error {
		order, err := s.buyer.get(ctx, "/orders/"+o.id)
		if err != nil {
			return err
		}
		if err := equal("shippingStatus", order.text("shippingStatus"), want); err != nil {
			return err
		}
		shipment, err := s.buyer.one(ctx, "/orders/"+o.id+"/shipments?filter[number]="+url.QueryEscape(d.Number))
		if err != nil {
			return err
		}
		if shipment.text("trackingUrl") == "" {
			return fmt.Errorf("the shipment has no tracking link")
		}
		return equal("trackingNumber", shipment.text("trackingNumber"), d.Tracking[0])
	})
}

// captured compares what was taken and given back in Hanse with what the gateway has on its books.
func (s *Story) captured(ctx context.Context, o *placed, captured, refunded decimal.Decimal) error {
	return eventually(ctx, 15*time.Second, func() error {
		p, err := s.admin.one(ctx, "/orders/"+o.id+"/payments")
		if err != nil {
			return err
		}
		return all(same("capturedAmount", p.text("capturedAmount"), captured), same("refundedAmount", p.text("refundedAmount"), refunded),
			s.till.holds(ctx, o.number, captured, refunded))
	})
}

func (s *Story) invoices(ctx context.Context, o *placed, delivery string) error {
	v, err := s.sap.Invoice(ctx, delivery)
	if err != nil {
		return err
	}
	err = eventually(ctx, 10*time.Second, func() error {
		i, err := s.buyer.get(ctx, "/invoices/key:"+url.PathEscape(v.Number))
		if err != nil {
			return err
		}
		return all(same("total of the invoice", i.text("total"), v.Total), same("its tax", i.text("taxTotal"), v.Tax), same("its net sum", i.text("net"), v.Net))
	})
	if err != nil {
		return err
	}
	return s.shop.pdf(ctx, "/orders/"+url.PathEscape(o.number)+"/invoices/"+url.PathEscape(v.Number))
}

// addUp compares the sum of all invoices with the order's total, in Hanse and on SAP's books.
func (s *Story) addUp(ctx context.Context, o *placed) error {
	list, err := s.buyer.list(ctx, "/orders/"+o.id+"/invoices?page[size]=100")
	if err != nil {
		return err
	}
	sum := decimal.Zero
	for _, i := range list {
		n, err := decimal.NewFromString(i.text("total"))
		if err != nil {
			return fmt.Errorf("the total of an invoice is %q", i.text("total"))
		}
		sum = sum.Add(n)
	}
	book, err := s.sap.Book(o.number)
	if err != nil {
		return err
	}
	return all(same("sum of the invoices", sum.String(), o.total), same("billed by SAP", book.Billed().String(), o.total))
}

// repeats sends the delivery again as it was, and an older confirmation that comes late.
func (s *Story) repeats(ctx context.Context, o *placed, d sapsim.Delivery) error {
	for _, again := range []func(context.Context, string) (sapsim.Document, error){s.sap.Resend, s.sap.Late} {
		document, err := again(ctx, d.Document)
		if err != nil {
			return err
		}
		if err := s.taken(ctx, document.File); err != nil {
			return err
		}
	}
	list, err := s.buyer.list(ctx, "/orders/"+o.id+"/shipments?page[size]=100")
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("the order has %d shipments, expected one", len(list))
	}
	return s.captured(ctx, o, s.worth(o, s.half(o)), decimal.Zero)
}

func (s *Story) refunds(ctx context.Context, o *placed) error {
	l := o.lines[2]
	body := map[string]any{"data": map[string]any{"attributes": map[string]any{"reason": "Came back",
		"lines": []map[string]any{{"position": 30, "quantity": l.quantity.String()}}}}}
	if _, err := s.admin.post(ctx, "/orders/"+o.id+"/actions/refund", body); err != nil {
		return err
	}
	return s.captured(ctx, o, o.total, l.total.Add(l.tax))
}

// own: an order that was made in SAP itself is seen in the buyer's history, with SAP's totals and no further effect.
func (s *Story) own(ctx context.Context) {
	s.step("SAP sends an order of its own; the buyer sees it, nothing else happens", func() error {
		o, err := s.sap.OwnOrder(ctx, s.plot.Buyer.Customer, sapsim.OwnLine{Text: "Repair of a pump", Quantity: decimal.NewFromInt(1), Unit: "PCE",
			Price: decimal.RequireFromString("89.90"), Percent: decimal.NewFromInt(19)})
		if err != nil {
			return err
		}
		return eventually(ctx, 10*time.Second, func() error {
			found, err := s.buyer.one(ctx, "/orders?filter[number]="+url.QueryEscape(o.SalesOrder))
			if err != nil {
				return err
			}
			payments, err := s.buyer.list(ctx, "/orders/"+found.ID+"/payments")
			if err != nil {
				return err
			}
			return all(equal("external", found.text("external"), "true"), same("total", found.text("total"), o.Gross), same("taxTotal", found.text("taxTotal"), o.Tax),
				equal("payments", fmt.Sprint(len(payments)), "0"), equal("exportedAt", found.text("exportedAt"), ""))
		})
	})
}
