package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Place orders at the total that the page showed. The checkout is the order's idempotency key: whoever sends the form twice,
// even at once, gets the one order.
func (s *Shop) Place(ctx context.Context, id string, choice storefront.PaymentChoice) (storefront.Placed, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return storefront.Placed{}, err
	}
	if _, ok := resource.ParseUUID(id); !ok {
		return storefront.Placed{}, storefront.ErrNotFound
	}
	here := choice.Shop + page.Path("checkout", id)
	input := map[string]any{"returnUrl": here + "/return", "cancelUrl": here + "/payment", "language": page.LanguageOf(ctx).String()}
	for name, value := range map[string]string{"total": choice.Total, "paymentToken": choice.Token} {
		if value != "" {
			input[name] = value
		}
	}
	placed, err := s.run(ctx, caller, "checkouts", "place", id, input)
	if err != nil {
		return storefront.Placed{}, s.explain(ctx, err)
	}
	return s.placed(ctx, caller, placed)
}

// Return asks the gateway what became of the payment that the buyer comes back from, in case it has not told yet.
func (s *Shop) Return(ctx context.Context, id string) (storefront.Placed, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return storefront.Placed{}, err
	}
	d, err := s.desk(ctx, caller, id)
	if err != nil {
		return storefront.Placed{}, err
	}
	if d.orderID == "" { // the payment came to nothing, and the checkout is open again
		return storefront.Placed{Failed: s.text(ctx, "shop.payment.failed")}, nil
	}
	o, err := s.paidOrder(ctx, caller, d.orderID)
	if err != nil {
		return storefront.Placed{}, err
	}
	if o.Status == "pending" && o.payment != "" {
		_, err := s.run(ctx, caller, "payments", "refresh", o.payment, nil)
		var refused *command.Error
		if err != nil && !errors.As(err, &refused) { // one that is refused changed nothing: what is known counts
			return storefront.Placed{}, err
		}
	}
	return s.placed(ctx, caller, d.orderID)
}

// Reopen gives up a payment that waits for the buyer. One that has come about meanwhile stands: the page leads on.
func (s *Shop) Reopen(ctx context.Context, id string) error {
	caller, err := buyer(ctx)
	if err != nil {
		return err
	}
	if _, ok := resource.ParseUUID(id); !ok {
		return storefront.ErrNotFound
	}
	_, err = s.run(ctx, caller, "checkouts", "reopen", id, nil)
	var refused *command.Error
	if errors.As(err, &refused) {
		if refused.Code() == command.CodeNotFound {
			return storefront.ErrNotFound
		}
		return refuse("", s.text(ctx, "shop.payment.notReopened"))
	}
	return err
}

// paidOrder is what a buyer has to know of an order and its payment.
type paidOrder struct {
	Number, Status string

	payment                            string // id of the newest
	paymentStatus, code, nextURL, card string
}

func (s *Shop) paidOrder(ctx context.Context, caller access.Caller, id string) (o paidOrder, err error) {
	q := s.query("orders")
	q.Target, q.Include = resource.Ref{ID: id}, []string{"payments"}
	q.Fields = map[string][]string{"orders": {"number", "status", "payments"}, "payments": {"status", "code", "nextUrl", "instrument", "createdAt"}}
	var orders []found
	if err := s.read(ctx, caller, collect(q, &orders)); err != nil {
		return o, err
	}
	if len(orders) == 0 {
		return o, fmt.Errorf("the order %s cannot be read by its buyer", id)
	}
	if o, err = decode[paidOrder](orders[0].attributes); err != nil {
		return o, err
	}
	return o, o.pay(&orders[0])
}

// pay takes what the newest payment says.
func (o *paidOrder) pay(f *found) error {
	newest := ""
	for _, r := range f.below("payments", f.id) {
		p, err := decode[struct{ Status, Code, NextURL, Instrument, CreatedAt string }]([]byte(r.attributes))
		if err != nil {
			return err
		}
		if p.CreatedAt >= newest {
			newest = p.CreatedAt
			o.payment, o.paymentStatus, o.code, o.nextURL, o.card = r.id, p.Status, p.Code, p.NextURL, p.Instrument
		}
	}
	if o.paymentStatus != "requiresAction" {
		o.nextURL = ""
	}
	return nil
}

// placed tells what comes behind an order.
func (s *Shop) placed(ctx context.Context, caller access.Caller, id string) (storefront.Placed, error) {
	o, err := s.paidOrder(ctx, caller, id)
	if err != nil {
		return storefront.Placed{}, err
	}
	p := storefront.Placed{Number: o.Number}
	switch o.Status {
	case "pending":
		p.URL = o.nextURL
	case "cancelled":
		p.Failed = s.whyFailed(ctx, o.code)
	}
	return p, nil
}

// whyFailed says in the buyer's words why a payment came to nothing.
func (s *Shop) whyFailed(ctx context.Context, code string) string {
	if text, ok := s.printer(ctx).Find("shop.payment.code." + code); ok {
		return text
	}
	return s.text(ctx, "shop.payment.failed")
}

// explain says in the buyer's words why an order was refused. What concerns lines or credit stands on the page already.
func (s *Shop) explain(ctx context.Context, err error) error {
	var refused *command.Error
	if !errors.As(err, &refused) {
		return err
	}
	codes := map[string]bool{}
	for _, v := range refused.Violations() {
		codes[v.Code] = true
	}
	switch {
	case strings.HasPrefix(refused.Code(), "payment_"):
		return refuse("", s.whyFailed(ctx, strings.TrimPrefix(refused.Code(), "payment_")))
	case codes["short_stock"]:
		return refuse("", s.text(ctx, "shop.order.short"))
	case codes["price_changed"], codes["shipping_changed"], codes["quote_expired"], codes["tax_changed"]:
		return refuse("", s.text(ctx, "shop.order.changed"))
	}
	switch refused.Code() {
	case "empty_cart", "already_placed":
		return refuse("", s.text(ctx, "shop.order.empty"))
	case "customer_disabled":
		return storefront.ErrSignIn
	case command.CodeBusy, command.CodeForbidden:
		return err
	}
	return refuse("", s.text(ctx, "shop.order.refused"))
}
