package shop

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// breakdown is how the total comes about, as review froze it.
type breakdown struct {
	Lines []struct {
		SKU, Name, Unit                string
		Quantity, Price, Per, RowTotal decimal.Decimal
	}
	Shipping struct{ Code, Name, Kind string }
	Taxes    []struct {
		Name         string
		Percent, Tax decimal.Decimal
	}
}

// Review computes what the order comes to and freezes it for the buyer to see.
func (s *Shop) Review(ctx context.Context, id string) (storefront.Review, error) {
	var v storefront.Review
	caller, err := buyer(ctx)
	if err != nil {
		return v, err
	}
	d, err := s.desk(ctx, caller, id)
	if err != nil {
		return v, err
	}
	if d.order == "" {
		if d, err = s.review(ctx, caller, id); err != nil {
			return v, err
		}
	}
	if d.order != "" {
		return s.underWay(ctx, caller, d)
	}
	return s.reviewPage(ctx, caller, d)
}

// review runs the command and reads what it froze. A quote that has expired, or was for other goods, is asked for again; the
// same way of shipping stays chosen, and if it costs something else now, that is among the changes.
func (s *Shop) review(ctx context.Context, caller access.Caller, id string) (*desk, error) {
	d, err := s.freeze(ctx, caller, id)
	if err != nil || d.order != "" || !has(d.Problems, "quote_expired") {
		return d, err
	}
	code, changes := d.code(), d.Changes
	if err := s.quote(ctx, caller, id); err != nil {
		return nil, err
	}
	if d, err = s.desk(ctx, caller, id); err != nil {
		return nil, err
	}
	for _, q := range d.quotes {
		if q.Code == code {
			if err := s.choose(ctx, caller, d, map[string]string{"shippingQuote": q.id}); err != nil {
				return nil, err
			}
			if d, err = s.freeze(ctx, caller, id); err == nil {
				d.Changes = append(changes, d.Changes...)
			}
			return d, err
		}
	}
	return nil, storefront.ErrChanged
}

func has(all []finding, code string) bool {
	return slices.ContainsFunc(all, func(f finding) bool { return f.Code == code })
}

func (s *Shop) freeze(ctx context.Context, caller access.Caller, id string) (*desk, error) {
	_, err := s.run(ctx, caller, "checkouts", "review", id, nil)
	var refused *command.Error
	if err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	if err != nil && refused.Code() != "paying" && refused.Code() != "already_placed" {
		return nil, storefront.ErrChanged
	}
	return s.desk(ctx, caller, id)
}

// underWay is the page of a checkout that has an order already: it leads to the payment, or to the order.
func (s *Shop) underWay(ctx context.Context, caller access.Caller, d *desk) (storefront.Review, error) {
	o, err := s.paidOrder(ctx, caller, d.orderID)
	if err != nil {
		return storefront.Review{}, err
	}
	if o.nextURL == "" {
		return storefront.Review{ID: d.id, Order: d.order}, nil
	}
	v, err := s.reviewPage(ctx, caller, d)
	v.Order, v.PaymentURL, v.Card = d.order, o.nextURL, nil
	return v, err
}

func (s *Shop) reviewPage(ctx context.Context, caller access.Caller, d *desk) (storefront.Review, error) {
	in := func(amount decimal.Decimal) page.Money { return page.Money{Amount: amount, Currency: d.Currency} }
	v := storefront.Review{ID: d.id, PONumber: d.PONumber, Note: d.Notes, RequestedDate: day(d.RequestedDate), Subtotal: in(d.Subtotal),
		ShippingTotal: in(d.ShippingTotal), TaxIncluded: d.TaxIncluded, Total: in(d.Total), Problems: s.findings(ctx, d.Problems), Changes: s.findings(ctx, d.Changes)}
	var b breakdown
	if len(d.Breakdown) > 0 {
		if err := json.Unmarshal(d.Breakdown, &b); err != nil {
			return v, err
		}
	}
	for _, l := range b.Lines {
		v.Lines = append(v.Lines, storefront.OrderLine{SKU: l.SKU, Name: l.Name, Unit: s.unitName(d, l.SKU, l.Unit), Quantity: l.Quantity,
			Price: storefront.Price{Money: in(l.Price), Per: l.Per}, Total: in(l.RowTotal)})
	}
	for _, t := range b.Taxes {
		if !t.Tax.IsZero() {
			v.Taxes = append(v.Taxes, storefront.TaxLine{Name: t.Name, Percent: t.Percent, Amount: in(t.Tax)})
		}
	}
	v.Shipping, v.ShippingLater = b.Shipping.Name, b.Shipping.Kind == "later"
	for _, q := range d.quotes {
		if q.id == d.chosen["shippingQuote"] {
			v.Arrives, v.PickUp = day(q.ArrivesOn), q.PickUp
		}
	}
	for _, p := range d.places {
		if p.id == d.chosen["shippingAddress"] {
			v.ShipTo = p.address(ctx, p.id)
		}
		if p.id == d.chosen["billingAddress"] {
			v.BillTo = p.address(ctx, p.id)
		}
	}
	return v, s.pay(ctx, caller, d, &v)
}

// unitName is what the cart calls a unit; the breakdown has its code.
func (s *Shop) unitName(d *desk, sku, code string) string {
	for _, l := range d.basket.lines {
		if l.SKU == sku && l.Unit.Code == code {
			return l.Unit.Name
		}
	}
	return code
}

// pay fills in how the order is going to be paid.
func (s *Shop) pay(ctx context.Context, caller access.Caller, d *desk, v *storefront.Review) error {
	for _, m := range d.methods {
		if m.Code != d.PaymentMethod {
			continue
		}
		v.Payment, v.PaymentText = s.methodName(ctx, m), d.termOf(m)
		if m.Traits.Online {
			v.Card = s.card(ctx, m, money.Of(d.Total, d.Currency))
		}
		return nil
	}
	var named bool
	err := s.within(ctx, caller, func(tx pgx.Tx) error {
		m, ok, err := s.Payments.Find(ctx, tx, caller.Organization, caller.Website, d.PaymentMethod)
		v.Payment, named = m.Title(page.LanguageOf(ctx).String()), ok
		return err
	})
	if err == nil && !named {
		v.Payment = d.PaymentMethod
	}
	return err
}

// card is the form that the gateway's module describes.
func (s *Shop) card(ctx context.Context, m payment.Method, amount money.Amount) *storefront.CardForm {
	found, ok := s.Payments.Registry.Get(m.Kind)
	gateway, pays := found.(module.Payment)
	if !ok || !pays {
		return nil
	}
	f := gateway.PaymentForm(m.Settings, module.PaymentQuestion{Amount: amount, Language: page.LanguageOf(ctx).String()})
	return &storefront.CardForm{Element: f.Element, Script: f.Script, Options: f.Options, Sources: f.Sources, Hosted: f.Hosted}
}

// findings are what review found, in the buyer's language as far as there are words for the code.
func (s *Shop) findings(ctx context.Context, all []finding) (texts []string) {
	english := page.LanguageOf(ctx).String() == "en"
	for _, f := range all {
		text, ok := s.printer(ctx).Find("shop.finding." + f.Code)
		if english || !ok {
			text = f.Detail
		}
		texts = append(texts, text)
	}
	return texts
}
