package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// ErrNoInvoice says that there is no such invoice for the caller.
var ErrNoInvoice = errors.New("there is no such invoice")

// Paper is an invoice as it is printed.
type Paper struct {
	Seller, Number, Order, PONumber string
	Customer, CustomerNumber        string
	TaxNumber                       string   // the customer's
	Address                         []string // lines of the invoice address, without the country
	Country                         string   // its code, ISO 3166-1 alpha-2
	InvoicedOn                      time.Time
	DueOn                           *time.Time
	Currency                        string
	Net, Tax, Total                 decimal.Decimal
	Lines                           []PaperLine
}

// PaperLine is one item of it.
type PaperLine struct {
	SKU, Name, Unit string
	Quantity        decimal.NullDecimal
	Net, Tax        decimal.Decimal
	TaxPercent      decimal.NullDecimal
}

const (
	paperSQL = `SELECT g.name, i.number, o.number, coalesce(o.po_number, ''), c.name, c.number, coalesce(c.tax_number, ''), i.invoiced_on, i.due_on,
  i.currency, i.net, i.tax_total, i.total, array_remove(ARRAY[a.company, nullif(concat_ws(' ', a.first_name, a.last_name), ''), a.street, a.street2,
    nullif(concat_ws(' ', a.postal_code, a.city), ''), a.region], NULL), coalesce(a.country, '')
FROM invoice i JOIN sales_order o ON o.id = i.order_id JOIN customer c ON c.id = i.customer_id JOIN organization g ON g.id = i.organization_id
LEFT JOIN order_address a ON a.order_id = o.id AND a.kind = 'billing'
WHERE i.id = $1 AND i.organization_id = $2`
	paperLinesSQL = `SELECT coalesce(sku, ''), name, coalesce(unit, ''), quantity, net, tax_total, tax_percent FROM invoice_line
WHERE invoice_id = $1 AND organization_id = $2 ORDER BY sequence`
)

// ReadPaper reads what is printed of an invoice, in one round trip behind the question whether the caller may read it at
// all: else it is ErrNoInvoice.
func ReadPaper(ctx context.Context, db record.Batcher, store *record.Store, caller access.Caller, invoice resource.Ref) (*Paper, error) {
	id, err := visible(ctx, db, store, caller, invoice)
	if err != nil {
		return nil, err
	}
	p := &Paper{}
	batch := &pgx.Batch{}
	access.Queue(batch, caller)
	batch.Queue(paperSQL, id, caller.Organization).QueryRow(func(row pgx.Row) error {
		return row.Scan(&p.Seller, &p.Number, &p.Order, &p.PONumber, &p.Customer, &p.CustomerNumber, &p.TaxNumber, &p.InvoicedOn, &p.DueOn,
			&p.Currency, &p.Net, &p.Tax, &p.Total, &p.Address, &p.Country)
	})
	batch.Queue(paperLinesSQL, id, caller.Organization).Query(func(rows pgx.Rows) (err error) {
		p.Lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l PaperLine, err error) {
			err = row.Scan(&l.SKU, &l.Name, &l.Unit, &l.Quantity, &l.Net, &l.Tax, &l.TaxPercent)
			return l, err
		})
		return err
	})
	if err := db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("reading invoice %s to print it: %w", id, err)
	}
	return p, nil
}

// visible gives the invoice's UUID by the rules of every read.
func visible(ctx context.Context, db record.Batcher, store *record.Store, caller access.Caller, invoice resource.Ref) (id string, err error) {
	t, ok := store.Schema().Type(Invoices.Name)
	if !ok || !record.Readable(caller.Side, caller.Grants, t) {
		return "", ErrNoInvoice
	}
	q := &record.Query{Type: t, Target: invoice, Fields: map[string][]string{t.Name: {"number"}}}
	_, err = store.Read(ctx, db, caller, q, func(_ *record.Answer, row *record.Row) error {
		id = string(row.ID)
		return nil
	})
	if err == nil && id == "" {
		err = ErrNoInvoice
	}
	return id, err
}

// rate is what an invoice charges at one rate of tax.
type rate struct{ percent, net, tax decimal.Decimal }

// rates adds the items up by rate of tax, in the order in which they come. It gives nothing where an item has no rate or the
// items do not come to the invoice's own sums, which then stand alone.
func (p *Paper) rates() (rates []rate) {
	var net, tax decimal.Decimal
	for _, l := range p.Lines {
		if !l.TaxPercent.Valid {
			return nil
		}
		at := -1
		for i := range rates {
			if rates[i].percent.Equal(l.TaxPercent.Decimal) {
				at = i
			}
		}
		if at < 0 {
			at = len(rates)
			rates = append(rates, rate{percent: l.TaxPercent.Decimal})
		}
		rates[at].net, rates[at].tax = rates[at].net.Add(l.Net), rates[at].tax.Add(l.Tax)
		net, tax = net.Add(l.Net), tax.Add(l.Tax)
	}
	if !net.Equal(p.Net) || !tax.Equal(p.Tax) {
		return nil
	}
	return rates
}
