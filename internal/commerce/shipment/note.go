package shipment

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/resource"
)

// note is a delivery note: what a document says of a shipment, put over what is stored of it.
type note struct {
	id, number                 string
	carrier, service, tracking string
	url, shippedOn             string
	weight                     string   // canonical number, "" where it is not known
	parcels                    []parcel // nil where the document does not speak of them
	packed                     string   // parcels as they are stored
	time                       time.Time
	timed                      bool // the time is the sender's
	lines                      []item
	stored                     *stored
	leaves                     map[int]decimal.Decimal // by position: what leaves by this document
}

// item is a line of a document.
type item struct {
	at       int // its place in the document, from 0
	position int
	quantity decimal.Decimal
}

// stored is what is known of the shipment.
type stored struct {
	carrier, service, tracking, url, shippedOn, weight, packed string
	time                                                       time.Time
	lines                                                      map[int]decimal.Decimal // quantity by position
}

// read takes the document out of the command's input.
func read(call *command.Call) (*note, error) {
	n := &note{number: call.Value("number"), carrier: call.Value("carrier"), service: call.Value("service"),
		tracking: call.Value("trackingNumber"), shippedOn: call.Value("shippedOn"), weight: call.Value("weight")}
	var err error
	if n.time, err = order.DocumentTime(call); err != nil {
		return nil, err
	}
	n.timed = call.Value("documentTime") != ""
	if text := call.Value("parcels"); text != "" {
		if err := json.Unmarshal([]byte(text), &n.parcels); err != nil {
			return nil, fmt.Errorf("reading the parcels of shipment %s: %w", n.number, err)
		}
	}
	return n, n.readLines(call.Value("lines"))
}

// readLines adds up lines of one position, such as the batches of a delivery.
func (n *note) readLines(text string) error {
	if text == "" {
		return nil
	}
	var rows []struct{ Position, Quantity string }
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return fmt.Errorf("reading the lines of shipment %s: %w", n.number, err)
	}
	byPosition := map[int]int{}
	for i, row := range rows {
		position, err := strconv.Atoi(row.Position)
		if err != nil {
			return fmt.Errorf("reading the position of line %d of shipment %s: %w", i+1, n.number, err)
		}
		quantity, err := decimal.NewFromString(row.Quantity)
		if err != nil {
			return fmt.Errorf("reading the quantity of line %d of shipment %s: %w", i+1, n.number, err)
		}
		if at, again := byPosition[position]; again {
			n.lines[at].quantity = n.lines[at].quantity.Add(quantity)
			continue
		}
		byPosition[position] = len(n.lines)
		n.lines = append(n.lines, item{at: i, position: position, quantity: quantity})
	}
	slices.SortStableFunc(n.lines, func(a, b item) int { return cmp.Compare(a.position, b.position) })
	return nil
}

const (
	loadSQL = `SELECT id::text, coalesce(carrier, ''), coalesce(service, ''), coalesce(tracking_number, ''), coalesce(tracking_url, ''),
  shipped_on::text, coalesce(trim_scale(weight)::text, ''), coalesce(parcels::text, ''), document_time
FROM shipment WHERE order_id = $1 AND number = $2 AND organization_id = $3`
	loadLinesSQL = `SELECT l.position, l.quantity FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id
WHERE s.order_id = $1 AND s.number = $2 AND s.organization_id = $3`
)

// load reads what is stored of the shipment, and fills in what the document does not say.
func (n *note) load(ctx context.Context, tx pgx.Tx, o *order.Held) error {
	var have *stored
	own := map[int]decimal.Decimal{}
	batch := &pgx.Batch{}
	batch.Queue(loadSQL, o.ID, n.number, o.Organization).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			have = &stored{}
			if err := rows.Scan(&n.id, &have.carrier, &have.service, &have.tracking, &have.url, &have.shippedOn, &have.weight,
				&have.packed, &have.time); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	batch.Queue(loadLinesSQL, o.ID, n.number, o.Organization).Query(func(rows pgx.Rows) error {
		var position int
		var quantity decimal.Decimal
		_, err := pgx.ForEachRow(rows, []any{&position, &quantity}, func() error {
			own[position] = quantity
			return nil
		})
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("reading what is stored of shipment %s of order %s: %w", n.number, o.Number, err)
	}
	n.stored = have
	if have == nil {
		n.shippedOn = cmp.Or(n.shippedOn, n.time.UTC().Format(time.DateOnly))
		n.carrier, n.service = cmp.Or(n.carrier, o.Carrier), cmp.Or(n.service, o.Service)
		return nil
	}
	have.lines = own
	n.carrier, n.service, n.tracking = cmp.Or(n.carrier, have.carrier), cmp.Or(n.service, have.service), cmp.Or(n.tracking, have.tracking)
	n.shippedOn, n.weight, n.packed = cmp.Or(n.shippedOn, have.shippedOn), cmp.Or(n.weight, have.weight), have.packed
	return nil
}

// stale reports whether a newer document about the shipment was taken already.
func (n *note) stale() bool { return n.stored != nil && n.time.Before(n.stored.time) }

// check compares the document with what was ordered and what has left, and finds out what leaves by it.
func (n *note) check(o *order.Held) error {
	n.leaves = map[int]decimal.Decimal{}
	var wrong []resource.Violation
	fault := func(l item, code, field, format string, a ...any) {
		wrong = append(wrong, resource.Violation{Code: code, Field: fmt.Sprintf("lines/%d/%s", l.at, field), Detail: fmt.Sprintf(format, a...)})
	}
	for _, l := range n.lines {
		of := o.Line(l.position)
		if of == nil {
			fault(l, "unknown_line", "position", "Order %s has no line %d.", o.Number, l.position)
			continue
		}
		var before decimal.Decimal
		if n.stored != nil {
			before = n.stored.lines[l.position]
		}
		more := l.quantity.Sub(before)
		left := of.Quantity.Sub(of.Shipped)
		switch {
		case l.quantity.IsZero() && before.IsZero():
		case more.IsNegative():
			fault(l, "already_shipped", "quantity", "Shipment %s holds %s of line %d (%s) already and cannot come to hold only %s; what comes back is refunded.",
				n.number, before, l.position, of.SKU, l.quantity)
		case more.GreaterThan(left):
			fault(l, "too_much", "quantity", "Of line %d (%s) %s were ordered and %s have left; %s more are too many.",
				l.position, of.SKU, of.Quantity, of.Shipped, more)
		case more.IsPositive():
			n.leaves[l.position] = more
		}
	}
	if n.stored == nil && len(n.leaves) == 0 && len(wrong) == 0 {
		wrong = append(wrong, resource.Violation{Code: command.CodeRequired, Field: "lines", Detail: "A shipment holds at least one line of the order."})
	}
	return command.RefuseAll(wrong)
}

// differs reports whether anything is to be written.
func (n *note) differs() bool { return n.stored == nil || len(n.leaves) > 0 || len(n.changed()) > 0 }

// changed names the fields in which a stored shipment changes.
func (n *note) changed() (fields []string) {
	s := n.stored
	weight := func(text string) decimal.Decimal { d, _ := decimal.NewFromString(text); return d }
	for _, f := range []struct {
		name string
		same bool
	}{
		{"shippedOn", s.shippedOn == n.shippedOn}, {"carrier", s.carrier == n.carrier}, {"service", s.service == n.service},
		{"trackingNumber", s.tracking == n.tracking}, {"weight", weight(s.weight).Equal(weight(n.weight))},
		{"trackingUrl", s.url == n.url}, {"parcels", n.samePacked()}, {"documentTime", !n.timed || !n.time.After(s.time)},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// samePacked compares the parcels by what they say.
func (n *note) samePacked() bool {
	if n.parcels == nil {
		return true
	}
	var have []parcel
	if n.stored.packed != "" && json.Unmarshal([]byte(n.stored.packed), &have) != nil {
		return false
	}
	return slices.Equal(have, n.parcels)
}
