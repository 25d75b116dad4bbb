package order

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// draft is an order on its way from a checkout. Texts that are empty mean none.
type draft struct {
	checkout, status, cart, cartStatus string
	buyer                              buyer
	website, currency, language        string
	paymentTerm, paymentMethod         string
	poNumber, notes                    string
	requestedDate                      *string
	shippingAddress                    string
	billingAddress                     string
	to                                 module.Place
	way                                way
	lines                              []draftLine
	reviewed                           *breakdown // what the last review froze, nil if there was none

	id, number string
	addresses  [2]string // shipping, billing
	pay        payment.Opening
	faults     faults
	sums
}

// buyer is the company that orders, with its terms.
type buyer struct {
	customer, user, group string
	status                string
	blocked               bool
	creditLimit           decimal.NullDecimal
	creditCurrency        string
}

// way is the way of shipping that was chosen: a quote, or a flat rate itself.
type way struct {
	quote, method      string // UUIDs; a quote may be of a method
	code, name, status string
	service, carrier   string
	kind               shipping.Kind
	cost               money.Amount // rounded; nothing if it is quoted later
	pickUp             bool
	fingerprint        string // of what was quoted
	expires            *time.Time
	expired            bool
}

type draftLine struct {
	id, product, sku, name, status string
	unit, unitCode, note           string
	precision                      int
	quantity, factor, weight       decimal.Decimal
	total                          decimal.Decimal
	price                          pricing.Price
	tax                            tax.Part
}

// sums are what an order comes to.
type sums struct {
	included                            bool // lines and shipping include the tax
	subtotal, shipping, taxTotal, total decimal.Decimal
	shippingTax                         tax.Part
	taxes                               []tax.Part // by rate
}

// consignment is what a carrier would have to take. Its language is left out, so that whoever asks gets the same fingerprint.
func (o *draft) consignment(organization string) shipping.Consignment {
	s := shipping.Consignment{Organization: organization, Website: o.website, Currency: o.currency, To: o.to,
		Subtotal: money.Of(o.subtotal, o.currency), Items: make([]shipping.Item, len(o.lines))}
	if o.included {
		s.Included = &o.shippingTax.Rate
	}
	for i, l := range o.lines {
		s.Items[i] = shipping.Item{Product: l.product, Quantity: l.quantity, Factor: l.factor, Weight: l.weight}
	}
	return s
}
