package order

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/money"
)

// beyond is the first number that the amounts of an order are too small for.
var beyond = decimal.New(1, 14)

// compute finds out what the order comes to and what is missing or in the way: o.faults. What makes all else idle is refused
// at once.
func (d *desk) compute(ctx context.Context, tx pgx.Tx, call *command.Call, o *draft) error {
	if err := o.orderable(); err != nil {
		return err
	}
	if err := d.look(ctx, tx, call, o); err != nil {
		return err
	}
	o.ready(call.Caller.Organization)
	return nil
}

// pipeline gives the results of a batch one after another to whoever would run the statements himself.
type pipeline struct{ results pgx.BatchResults }

// Query gives the next result; the statement was sent with the batch.
func (p pipeline) Query(context.Context, string, ...any) (pgx.Rows, error) { return p.results.Query() }

// look asks for prices, taxes and the way of paying, in one round trip, and adds up.
func (d *desk) look(ctx context.Context, tx pgx.Tx, call *command.Call, o *draft) error {
	buyer := call.Caller
	buyer.Customer, buyer.CustomerGroup, buyer.Website, buyer.Currency = o.buyer.customer, o.buyer.group, o.website, o.currency
	asked := make([]pricing.Line, len(o.lines))
	question := tax.Question{Organization: buyer.Organization, Website: o.website, Customer: o.buyer.customer,
		Address: cmp.Or(o.shippingAddress, o.billingAddress), Products: make([]string, len(o.lines))}
	for i, l := range o.lines {
		asked[i], question.Products[i] = pricing.Line{Product: l.product, Unit: l.unit, Quantity: l.quantity}, l.product
	}
	batch := &pgx.Batch{}
	sql, args := pricing.Statement(buyer, asked)
	batch.Queue(sql, args...)
	sql, args = tax.Statement(question)
	batch.Queue(sql, args...)
	method := d.Methods.Queue(batch, buyer.Organization, o.website, o.paymentMethod)
	if o.way.quote != "" || call.Command.Name == QuoteShipping.Name {
		o.queuePlace(batch)
	}
	if o.way.quote != "" {
		o.queueQuote(batch)
	}
	sent := pipeline{tx.SendBatch(ctx, batch)}
	prices, err := pricing.Resolve(ctx, sent, buyer, asked)
	var taxes tax.Answer
	if err == nil {
		taxes, err = tax.Resolve(ctx, sent, question)
	}
	if closed := sent.results.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("pricing checkout %s: %w", o.checkout, err)
	}
	if chosen, ok := method(ctx); ok {
		o.pay.Method = chosen
	}
	o.price(prices)
	return o.add(taxes)
}

// price gives each line that has one its price and total.
func (o *draft) price(prices []pricing.Price) {
	o.subtotal = decimal.Zero
	for i := range o.lines {
		if l := &o.lines[i]; prices[i].Found() {
			l.price, l.total = prices[i], prices[i].Total(l.quantity).Number
			o.subtotal = o.subtotal.Add(l.total)
		}
	}
}

// add taxes lines and shipping, each rounded once, and adds up what was rounded.
func (o *draft) add(answer tax.Answer) (err error) {
	o.included, o.shipping = answer.Included, decimal.Zero
	if o.way.cost.Currency == o.currency {
		o.shipping = o.way.cost.Number
	}
	parts := make([]tax.Part, 0, len(o.lines)+1)
	for i := range o.lines {
		l := &o.lines[i]
		l.tax = answer.Lines[i].Part(money.Of(l.total, o.currency), o.included)
		parts = append(parts, l.tax)
	}
	o.shippingTax = answer.Shipping.Part(money.Of(o.shipping, o.currency), o.included)
	parts = append(parts, o.shippingTax)
	if o.taxes, err = tax.Summarize(parts...); err != nil {
		return err
	}
	whole, err := tax.Sum(parts...)
	o.taxTotal, o.total = whole.Tax.Number, whole.Gross.Number
	return err
}

// asShown refuses an order that is not ready, differs from what was reviewed, or comes to another total than the buyer was shown.
func (o *draft) asShown(call *command.Call) error {
	f := o.faults
	if o.reviewed != nil && o.priced() {
		f = append(f, o.breakdown().changes(o.reviewed)...)
	}
	if value := call.Value("total"); value != "" && len(f) == 0 {
		shown, err := decimal.NewFromString(value)
		if err != nil {
			return fmt.Errorf("reading the total that the buyer was shown: %w", err)
		}
		if !shown.Equal(o.total) {
			f.changed(money.Of(o.total, o.currency), money.Of(shown, o.currency))
		}
	}
	return command.RefuseAll(f)
}

// priced tells that each line has a price.
func (o *draft) priced() bool {
	for _, l := range o.lines {
		if !l.price.Found() {
			return false
		}
	}
	return true
}
