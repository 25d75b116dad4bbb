package sapsim

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// OwnLine is a line of an order that is made in SAP itself.
type OwnLine struct {
	Material string // MATNR; empty for a service in words
	Text     string
	Quantity decimal.Decimal
	Unit     string          // the material's base unit if empty
	Price    decimal.Decimal // without tax, for one unit
	Percent  decimal.Decimal // rate of its tax
}

// OwnOrder makes an order in SAP itself, as one that came by telephone, and sends it: ORDERS. The customer's own number of it
// is made up.
func (s *Simulator) OwnOrder(ctx context.Context, customer string, lines ...OwnLine) (Order, error) {
	s.mu.Lock()
	o, d, err := s.ownOrder(customer, lines)
	s.mu.Unlock()
	if err != nil {
		return Order{}, fmt.Errorf("make an order of customer %s in SAP: %w", customer, err)
	}
	return o, s.dropped(ctx, d)
}

func (s *Simulator) ownOrder(customer string, lines []OwnLine) (o Order, d *document, err error) {
	switch c := s.know.customers[customer]; {
	case c == nil:
		return o, nil, errors.New("the customer is not known")
	case c.deleted || c.blocked:
		return o, nil, errors.New("the customer is blocked or marked for deletion")
	case len(lines) == 0:
		return o, nil, errors.New("it has no line")
	}
	o = Order{Number: fmt.Sprintf("TEL-%d", s.serial()), Customer: customer, Currency: "EUR", Received: s.cfg.Clock().UTC(), Status: Posted, SalesOrder: s.salesOrder()}
	for _, l := range lines {
		line, err := s.ownLine(l)
		if err != nil {
			return o, nil, err
		}
		o.Lines = append(o.Lines, line)
		o.Total, o.Tax = o.Total.Add(line.Net), o.Tax.Add(line.Tax)
	}
	o.Gross, o.Rates = o.Total.Add(o.Tax), rated(o.Lines)
	b := newBook(o)
	s.books = append(s.books, b)
	s.know.posted[purchase{o.Customer, o.Number}] = o.SalesOrder
	d, err = s.make(b, "ORDERS05", "ORDERS", "orders", s.orderSegments(b, false)...)
	return o, d, err
}

func (s *Simulator) ownLine(l OwnLine) (Line, error) {
	line := Line{Material: l.Material, Name: l.Text, Quantity: l.Quantity, Unit: l.Unit, Price: cents(l.Price), Per: one, Percent: l.Percent}
	if m := s.know.materials[l.Material]; m != nil {
		if line.Unit == "" {
			line.Unit = m.unit
		}
		if _, known := m.units[line.Unit]; !known {
			return line, fmt.Errorf("%s is not a unit of material %s", line.Unit, l.Material)
		}
	} else if l.Material != "" {
		return line, fmt.Errorf("material %s is not known", l.Material)
	}
	if line.Unit == "" {
		line.Unit = "PCE"
	}
	if !l.Quantity.IsPositive() {
		return line, fmt.Errorf("a quantity of %s", l.Quantity)
	}
	line.Net, line.Tax = line.taxed(cents(l.Quantity.Mul(line.Price)))
	return line, nil
}

// rated adds up taxes by rate.
func rated(lines []Line) (all []Rate) {
	for _, l := range lines {
		n := 0
		for n < len(all) && !all[n].Percent.Equal(l.Percent) {
			n++
		}
		if n == len(all) {
			all = append(all, Rate{Percent: l.Percent})
		}
		all[n].Tax = all[n].Tax.Add(l.Tax)
	}
	return all
}
