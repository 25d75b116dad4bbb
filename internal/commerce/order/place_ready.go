package order

import (
	"fmt"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/money"
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

// changed says that the whole comes to something else than the buyer was shown.
func (f *faults) changed(is, was money.Amount) {
	f.add("price_changed", "total", "The order now comes to %s and not to %s; look at it again before you order.", is, was)
}

// orderable refuses what makes all else idle.
func (o *draft) orderable() error {
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
	return nil
}

// ready says what is missing or in the way, all at once.
func (o *draft) ready(organization string) {
	f := &o.faults
	if o.way.pickUp && o.shippingAddress == "" {
		o.shippingAddress = o.billingAddress // the goods go nowhere; the order still says for whom they are
	}
	switch {
	case o.shippingAddress != "":
	case o.way.pickUp:
		f.add("required", "billingAddress", "Choose an address that the invoice goes to.")
	default:
		f.add("required", "shippingAddress", "Choose an address that the goods go to.")
	}
	o.checkWay(organization)
	o.checkMethod()
	for i, l := range o.lines {
		if l.status != "enabled" {
			f.line(i, "not_sold", "%s is not sold any more; take it out of the cart.", l.sku)
		} else if err := (unit.Quantity{Number: l.quantity, Unit: l.unitCode}).Check(l.precision); err != nil {
			f.line(i, "invalid_quantity", "%s: %s.", l.sku, err)
		} else if !l.price.Found() {
			f.line(i, "no_price", "There is no price for %s %s of %s; take it out of the cart or ask for a quote.", l.quantity, l.unitCode, l.sku)
		}
	}
	if o.total.GreaterThanOrEqual(beyond) {
		f.add("too_large", "", "An order comes to less than %s %s; split it.", beyond, o.currency)
	}
}

// checkWay says what is wrong with the way of shipping.
func (o *draft) checkWay(organization string) {
	if o.way.quote != "" {
		o.checkQuote(organization)
		return
	}
	switch w := o.way; {
	case w.method == "":
		o.faults.add("required", "shippingMethod", "Choose how the goods are shipped.")
	case w.status != "enabled":
		o.faults.add("invalid_value", "shippingMethod", "This way of shipping is not offered any more; choose another.")
	case w.cost.Currency != o.currency:
		o.faults.add("invalid_value", "shippingMethod", "This way of shipping is offered for orders in %s only.", w.cost.Currency)
	}
}

// checkQuote holds a quote to its time and to what was quoted.
func (o *draft) checkQuote(organization string) {
	switch w := o.way; {
	case w.kind == shipping.Fixed && w.method != "" && w.status != "enabled":
		o.faults.add("invalid_value", "shippingQuote", "This way of shipping is not offered any more; choose another.")
	case w.expired:
		o.faults.add("quote_expired", "shippingQuote", "The price of %s has expired; ask for shipping quotes again.", w.name)
	case w.fingerprint != o.consignment(organization).Fingerprint():
		o.faults.add("quote_expired", "shippingQuote", "Goods, their prices, taxes or the address have changed since %s was quoted; ask for shipping quotes again.", w.name)
	}
}

// checkMethod says what is wrong with the way of paying.
func (o *draft) checkMethod() {
	switch m := o.pay.Method; {
	case m.Code == "":
		o.faults.add("invalid_value", "paymentMethod", "There is no way of paying %q here; choose another.", o.paymentMethod)
	case m.Traits.OnAccount && o.paymentTerm == "":
		o.faults.add("no_payment_term", "paymentMethod", "No payment term is agreed with the customer, so nothing can be ordered on account.")
	}
}

// checkPayment says what is wrong with what the gateway is to be told; review does not know it yet.
func (o *draft) checkPayment(call *command.Call) {
	if !o.pay.Method.Traits.Online {
		return
	}
	o.faults = append(o.faults, payment.CheckAddresses(call.Value("paymentToken"), call.Value("returnUrl"), call.Value("cancelUrl"))...)
}
