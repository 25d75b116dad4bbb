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

// Order is one order IDoc that SAP pulled, with its verdict.
type Order struct {
	File     string // name in the archive folder
	Document string // DOCNUM that the shop gave it
	Number   string // the shop's order number (E1EDK02, QUALF 001)
	Customer string // KUNNR of the sold-to party
	Currency string
	Lines    []Line
	Total    decimal.Decimal // SUMME of E1EDS01, SUMID 002
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
	Quantity           decimal.Decimal
	Unit               string
	Price, Per, Net    decimal.Decimal // VPREI, PEINH, NETWR
}

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
