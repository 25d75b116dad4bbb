package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/money"
)

// foreign is an order made in the ERP, as a document gives it.
type foreign struct {
	id, number, poNumber, currency, customer, status string
	subtotal, shipping, tax, discount, total         decimal.Decimal
	placed, written                                  time.Time
	timed                                            bool // the time of the document is its sender's
	lines                                            []foreignLine
	held                                             *Held // what is stored of it, nil if it is new
}

// foreignLine is one of its lines.
type foreignLine struct {
	Position int                 `json:"position,string"`
	SKU      string              `json:"sku"`
	Name     string              `json:"name"`
	Quantity decimal.Decimal     `json:"quantity"`
	Unit     string              `json:"unit"`
	Price    decimal.NullDecimal `json:"price"`
	Per      decimal.NullDecimal `json:"per"`
	RowTotal decimal.Decimal     `json:"rowTotal"`
	TaxTotal decimal.Decimal     `json:"taxTotal"`
}

// readForeign takes the order out of the command's input.
func readForeign(call *command.Call) (*foreign, error) {
	f := &foreign{number: call.Value("number"), poNumber: call.Value("poNumber"), currency: call.Value("currency"), customer: call.Target,
		status: call.Value("status"), timed: call.Value("documentTime") != ""}
	failed := func(what string, err error) error {
		return fmt.Errorf("reading %s of order %s: %w", what, f.number, err)
	}
	var err error
	if f.written, err = DocumentTime(call); err != nil {
		return nil, err
	}
	f.placed = f.written
	if text := call.Value("placedAt"); text != "" {
		if f.placed, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return nil, failed("placedAt", err)
		}
	}
	for name, into := range map[string]*decimal.Decimal{"subtotal": &f.subtotal, "shippingTotal": &f.shipping, "taxTotal": &f.tax,
		"discountTotal": &f.discount, "total": &f.total} {
		if text := call.Value(name); text != "" {
			if *into, err = decimal.NewFromString(text); err != nil {
				return nil, failed(name, err)
			}
		}
	}
	if err := json.Unmarshal([]byte(call.Value("lines")), &f.lines); err != nil {
		return nil, failed("the lines", err)
	}
	for i := range f.lines {
		f.lines[i].complete()
	}
	return f, nil
}

// complete fills in a price that the ERP left out.
func (l *foreignLine) complete() {
	if !l.Per.Valid || !l.Per.Decimal.IsPositive() {
		l.Per = decimal.NewNullDecimal(decimal.NewFromInt(1))
	}
	if l.Price.Valid {
		return
	}
	l.Price = decimal.NewNullDecimal(l.RowTotal)
	if l.Quantity.IsPositive() {
		l.Price.Decimal = l.RowTotal.Mul(l.Per.Decimal).DivRound(l.Quantity, 6)
	}
}

const (
	// numberLockSQL lets two documents about one new order wait for each other.
	numberLockSQL = `SELECT pg_advisory_xact_lock(hashtextextended('importOrder' || $1 || $2, 0))`
	// findForeignSQL finds an order by its number, or by the ERP's number of it.
	findForeignSQL = `SELECT o.id::text, o.number, o.external, o.customer_id::text FROM sales_order o WHERE o.organization_id = $1 AND (o.number = $2
  OR o.id = (SELECT record_id FROM external_id WHERE organization_id = $1 AND type = 'orders' AND system = $3 AND external_id = $2))
ORDER BY o.external LIMIT 1`
)

// find locks the order if there is one, and refuses one that was made here or is another customer's.
func (f *foreign) find(ctx context.Context, tx pgx.Tx, call *command.Call) error {
	organization := call.Caller.Organization
	if _, err := tx.Exec(ctx, numberLockSQL, organization, f.number); err != nil {
		return fmt.Errorf("waiting for order %s: %w", f.number, err)
	}
	var number, customer string
	var external bool
	err := tx.QueryRow(ctx, findForeignSQL, organization, f.number, call.Caller.Origin).Scan(&f.id, &number, &external, &customer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("making an id: %w", err)
		}
		f.id = id.String()
		return nil
	case err != nil:
		return fmt.Errorf("finding order %s: %w", f.number, err)
	case !external:
		return command.Refuse("made_here", "number", "%s is order %s, which was placed here; what the ERP makes of it is a confirmation.", f.number, number)
	case customer != f.customer:
		return command.Refuse("number_taken", "number", "%s is the order of another customer.", f.number)
	}
	f.held, err = Hold(ctx, tx, f.id)
	return err
}

// check refuses lines that cannot be. The ERP's sums are not counted again.
func (f *foreign) check() error {
	var wrong faults
	if len(f.lines) == 0 {
		wrong.add(command.CodeRequired, "lines", "An order has at least one line.")
	}
	met := map[int]bool{}
	for i, l := range f.lines {
		if met[l.Position] {
			wrong.line(i, "duplicate_line", "The position %d is there twice.", l.Position)
		}
		met[l.Position] = true
		if l.Name == "" && l.SKU == "" {
			wrong.line(i, command.CodeRequired, "Line %d has neither SKU nor name.", l.Position)
		}
		if f.held == nil {
			continue
		}
		if was := f.held.Line(l.Position); was != nil && was.Shipped.GreaterThan(l.Quantity) {
			wrong.line(i, "already_shipped", "Of line %d %s have left already, so it cannot be only %s.", l.Position, was.Shipped, l.Quantity)
		}
	}
	if f.held != nil {
		for _, was := range f.held.Lines {
			if !met[was.Position] && was.Shipped.IsPositive() {
				wrong.add("already_shipped", "lines", "Of line %d %s have left already, so it cannot be left out.", was.Position, was.Shipped)
			}
		}
		if f.held.Currency != f.currency {
			wrong.add("wrong_currency", "currency", "Order %s is in %s and cannot change to %s.", f.number, f.held.Currency, f.currency)
		}
	}
	return command.RefuseAll(wrong)
}

// taxIncluded tells by the sums whether the prices include their taxes.
func (f *foreign) taxIncluded() bool {
	sum := f.subtotal.Add(f.shipping).Sub(f.discount)
	return !f.tax.IsZero() && sum.Equal(f.total) && !sum.Add(f.tax).Equal(f.total)
}

// event tells that the order was taken over.
func (f *foreign) event() change.Entry {
	data, _ := json.Marshal(map[string]string{"number": f.number, "poNumber": f.poNumber, "total": money.Of(f.total, f.currency).Number.String(),
		"currency": f.currency, "customer": f.customer}) // strings always marshal
	return change.Entry{Resource: "orders", Event: Import.Event, IDs: []string{f.id}, Data: data}
}
