package order

import (
	"fmt"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
	"github.com/hanse-commerce/hanse/unit"
)

// faults gathers what is wrong with an order, so that a buyer is told at once and not one thing after the other.
type faults []resource.Violation

func (f *faults) add(code, field, format string, a ...any) {
	*f = append(*f, resource.Violation{Field: field, Code: code, Detail: fmt.Sprintf(format, a...)})
}

// line names the line by its position in the cart, from 0.
func (f *faults) line(n int, code, format string, a ...any) {
	f.add(code, fmt.Sprintf("lines/%d", n), format, a...)
}

// ready says what is missing or in the way.
func (o *draft) ready() error {
	switch {
	case o.cartStatus != "open":
		return command.Refuse("already_placed", "cart", "The cart has been ordered already.")
	case o.buyer.status != "enabled":
		return command.Refuse("customer_disabled", "", "The customer is disabled and cannot order.")
	case o.buyer.blocked:
		return command.Refuse("order_blocked", "", "The customer is blocked for orders; please call your contact.")
	case len(o.lines) == 0:
		return command.Refuse("empty_cart", "cart", "The cart is empty.")
	}
	var f faults
	if o.shippingAddress == "" {
		f.add("required", "shippingAddress", "Choose an address that the goods go to.")
	}
	o.checkMethod(&f)
	if o.paymentMethod == "paymentTerm" && o.paymentTerm == "" {
		f.add("no_payment_term", "paymentMethod", "No payment term is agreed with the customer, so nothing can be ordered on account.")
	}
	for i, l := range o.lines {
		if l.status != "enabled" {
			f.line(i, "not_sold", "%s is not sold any more; take it out of the cart.", l.sku)
		} else if err := (unit.Quantity{Number: l.quantity, Unit: l.unitCode}).Check(l.precision); err != nil {
			f.line(i, "invalid_quantity", "%s: %s.", l.sku, err)
		}
	}
	return command.RefuseAll(f)
}

func (o *draft) checkMethod(f *faults) {
	switch m := o.method; {
	case m.id == "":
		f.add("required", "shippingMethod", "Choose how the goods are shipped.")
	case m.status != "enabled":
		f.add("invalid_value", "shippingMethod", "This way of shipping is not offered any more; choose another.")
	case m.cost.Currency != o.currency:
		f.add("invalid_value", "shippingMethod", "This way of shipping is offered for orders in %s only.", m.cost.Currency)
	}
}
