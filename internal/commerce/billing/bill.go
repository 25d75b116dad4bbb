package billing

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/resource"
)

// bill is an invoice as a document gives it.
type bill struct {
	id, number, document string
	invoicedOn, dueOn    string
	currency             string
	net, tax, total      decimal.Decimal
	timed                bool // the time is the sender's
	time                 time.Time
	lines                []item
	linesGiven           bool
	stored               *stored
}

// item is one line of it.
type item struct {
	Position   int                 `json:"position,string"`
	SKU        string              `json:"sku"`
	Name       string              `json:"name"`
	Quantity   decimal.NullDecimal `json:"quantity"`
	Unit       string              `json:"unit"`
	Net        decimal.Decimal     `json:"net"`
	TaxPercent decimal.NullDecimal `json:"taxPercent"`
	TaxTotal   decimal.Decimal     `json:"taxTotal"`
}

// same compares numbers by value.
func (l item) same(o item) bool {
	equal := func(a, b decimal.NullDecimal) bool { return a.Valid == b.Valid && a.Decimal.Equal(b.Decimal) }
	return l.Position == o.Position && l.SKU == o.SKU && l.Name == o.Name && l.Unit == o.Unit && equal(l.Quantity, o.Quantity) &&
		equal(l.TaxPercent, o.TaxPercent) && l.Net.Equal(o.Net) && l.TaxTotal.Equal(o.TaxTotal)
}

// charges is how much of the order's line the item charges; what takes something off charges nothing.
func (l item) charges() decimal.Decimal {
	if l.Net.IsNegative() {
		return decimal.Zero
	}
	return l.Quantity.Decimal
}

// stored is what is kept under the number.
type stored struct {
	order, orderNumber, document, invoicedOn, dueOn string
	net, tax, total                                 decimal.Decimal
	time                                            time.Time
	lines                                           []item
}

// read takes the document out of the command's input, and from the order what the lines do not say.
func read(call *command.Call, o *order.Held) (*bill, error) {
	b := &bill{number: call.Value("number"), document: call.Value("documentNumber"), invoicedOn: call.Value("invoicedOn"),
		dueOn: call.Value("dueOn"), currency: cmp.Or(call.Value("currency"), o.Currency)}
	failed := func(what string, err error) error {
		return fmt.Errorf("reading %s of invoice %s: %w", what, b.number, err)
	}
	var err error
	if b.time, err = order.DocumentTime(call); err != nil {
		return nil, err
	}
	b.timed = call.Value("documentTime") != ""
	for name, into := range map[string]*decimal.Decimal{"net": &b.net, "taxTotal": &b.tax, "total": &b.total} {
		if *into, err = decimal.NewFromString(call.Value(name)); err != nil {
			return nil, failed(name, err)
		}
	}
	if text := call.Value("lines"); text != "" {
		b.linesGiven = true
		if err := json.Unmarshal([]byte(text), &b.lines); err != nil {
			return nil, failed("the lines", err)
		}
	}
	for i := range b.lines {
		if l := &b.lines[i]; l.Position != 0 {
			if of := o.Line(l.Position); of != nil {
				l.SKU, l.Name, l.Unit = cmp.Or(l.SKU, of.SKU), cmp.Or(l.Name, of.Name), cmp.Or(l.Unit, of.Unit)
			}
		}
	}
	return b, nil
}

const (
	loadSQL = `SELECT i.id::text, i.order_id::text, o.number, coalesce(i.document_number, ''), i.invoiced_on::text, coalesce(i.due_on::text, ''),
  i.net, i.tax_total, i.total, i.document_time
FROM invoice i JOIN sales_order o ON o.id = i.order_id WHERE i.organization_id = $1 AND i.number = $2 FOR NO KEY UPDATE OF i`
	loadLinesSQL = `SELECT coalesce(l.position, 0), coalesce(l.sku, ''), l.name, l.quantity, coalesce(l.unit, ''), l.net, l.tax_percent, l.tax_total
FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.organization_id = $1 AND i.number = $2 ORDER BY l.sequence`
)

// load reads what is stored under the number, whatever order it is of, and fills in what the document does not say.
func (b *bill) load(ctx context.Context, tx pgx.Tx, organization string) error {
	var s stored
	batch := &pgx.Batch{}
	batch.Queue(loadSQL, organization, b.number).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(&b.id, &s.order, &s.orderNumber, &s.document, &s.invoicedOn, &s.dueOn, &s.net, &s.tax, &s.total, &s.time); err != nil {
				return err
			}
			b.stored = &s
		}
		return rows.Err()
	})
	batch.Queue(loadLinesSQL, organization, b.number).Query(func(rows pgx.Rows) (err error) {
		s.lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l item, err error) {
			err = row.Scan(&l.Position, &l.SKU, &l.Name, &l.Quantity, &l.Unit, &l.Net, &l.TaxPercent, &l.TaxTotal)
			return l, err
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("reading what is stored of invoice %s: %w", b.number, err)
	}
	if b.stored != nil {
		b.document, b.invoicedOn, b.dueOn = cmp.Or(b.document, s.document), cmp.Or(b.invoicedOn, s.invoicedOn), cmp.Or(b.dueOn, s.dueOn)
		if !b.linesGiven {
			b.lines = s.lines
		}
	}
	b.invoicedOn = cmp.Or(b.invoicedOn, b.time.UTC().Format(time.DateOnly))
	return nil
}

// check refuses what cannot be an invoice of the order. The ERP's amounts are not counted again: they are what it charged.
func (b *bill) check(o *order.Held) error {
	var wrong []resource.Violation
	fault := func(code, field, format string, a ...any) {
		wrong = append(wrong, resource.Violation{Code: code, Field: field, Detail: fmt.Sprintf(format, a...)})
	}
	if b.stored != nil && b.stored.order != o.ID {
		fault("number_taken", "number", "Invoice %s is of order %s and cannot be of order %s too.", b.number, b.stored.orderNumber, o.Number)
	}
	if b.currency != o.Currency {
		fault("wrong_currency", "currency", "Order %s is in %s, so it cannot be charged in %s.", o.Number, o.Currency, b.currency)
	}
	if !b.net.Add(b.tax).Equal(b.total) {
		fault("wrong_total", "total", "Net %s and taxes %s come to %s and not to %s.", b.net, b.tax, b.net.Add(b.tax), b.total)
	}
	for i, l := range b.lines {
		switch {
		case l.Position != 0 && o.Line(l.Position) == nil:
			fault("unknown_line", fmt.Sprintf("lines/%d/position", i), "Order %s has no line %d.", o.Number, l.Position)
		case l.Name == "" && l.SKU == "":
			fault(command.CodeRequired, fmt.Sprintf("lines/%d/name", i), "Item %d of invoice %s is of no line of the order and has no name.", i+1, b.number)
		}
	}
	return command.RefuseAll(wrong)
}

// differs reports whether anything is to be written.
func (b *bill) differs() bool { return b.stored == nil || len(b.changed()) > 0 || b.otherLines() }

// otherLines reports whether the lines are others than the stored ones.
func (b *bill) otherLines() bool {
	return b.stored == nil || !slices.EqualFunc(b.lines, b.stored.lines, item.same)
}

// changed names the fields in which a stored invoice changes.
func (b *bill) changed() (fields []string) {
	s := b.stored
	for _, f := range []struct {
		name string
		same bool
	}{ // not the document's number: a resend has another
		{"invoicedOn", s.invoicedOn == b.invoicedOn}, {"dueOn", s.dueOn == b.dueOn},
		{"net", s.net.Equal(b.net)}, {"taxTotal", s.tax.Equal(b.tax)}, {"total", s.total.Equal(b.total)},
		{"documentTime", !b.timed || !b.time.After(s.time)},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}
