package sapsim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Statuses of an IDoc that SAP received.
const (
	Posted  = "53" // application document posted
	Refused = "51" // application document not posted
)

// Order is one order IDoc that SAP pulled, with its verdict, or an order of SAP's own.
type Order struct {
	File     string // name in the archive folder; empty for one of SAP's own
	Document string // DOCNUM that the shop gave it
	Number   string // the shop's order number, of SAP's own orders the customer's (E1EDK02, QUALF 001)
	PONumber string // the buyer's own (E1EDK02, QUALF 044)
	Customer string // KUNNR of the sold-to party
	Currency string
	Lines    []Line
	Freight  decimal.Decimal // surcharges of the head (E1EDK05), without tax
	Discount decimal.Decimal // deductions of the head, without tax
	Rates    []Rate          // taxes by rate (E1EDK04)
	Total    decimal.Decimal // without tax: SUMME of E1EDS01, SUMID 002
	Tax      decimal.Decimal // of lines and freight together
	Gross    decimal.Decimal // Total and Tax together
	Terms    string          // ZTERM
	Payment  string          // how it is paid, of an order that is not on account (E1EDKT1 0002)
	Carrier  Carrier
	Wanted   string // day on which the customer wants the goods, yyyymmdd, or ""
	Received time.Time

	// Status is Posted or Refused; empty if the file was no IDoc at all, which nobody can answer.
	Status     string
	SalesOrder string    // SAP's own number, if posted
	Problems   []Problem // why it was refused
	Warnings   []Problem // what SAP would have done otherwise
	Answer     string    // name of the ALEAUD file dropped
}

// Line is one line of an order.
type Line struct {
	Position, Material string
	Name               string // KTEXT
	Quantity           decimal.Decimal
	Unit               string
	Price, Per         decimal.Decimal // VPREI, PEINH; with tax if Included
	Net                decimal.Decimal // NETWR
	Percent, Tax       decimal.Decimal // MSATZ and MWSBT of E1EDP04
	Included           bool            // the price has its tax in it (E1EDP05 PR01)
}

// Rate is what a rate of tax comes to.
type Rate struct{ Percent, Tax decimal.Decimal }

// Carrier is the forwarding agent of an order (E1EDKA1 SP).
type Carrier struct{ Number, Name, Service string }

// Problem is something wrong with an order.
type Problem struct {
	At   string // segment, as in "E1EDP01[2]"
	Text string
}

// String tells where and what.
func (p Problem) String() string {
	if p.At == "" {
		return p.Text
	}
	return p.At + ": " + p.Text
}

// Orders are all orders that SAP pulled, in that order.
func (s *Simulator) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders)
}

// Await returns the first verdict on the shop's order of that number, waiting for it as long as ctx allows.
func (s *Simulator) Await(ctx context.Context, number string) (Order, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		i := slices.IndexFunc(s.orders, func(o Order) bool { return o.Number == number })
		if i >= 0 {
			o := s.orders[i]
			s.mu.Unlock()
			return o, nil
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return Order{}, fmt.Errorf("wait for order %s at SAP: %w", number, ctx.Err())
		case <-changed:
		}
	}
}
