package sapsim

import (
	"context"
	"time"

	"github.com/shopspring/decimal"
)

// Routine is how SAP goes on with orders by itself: it confirms at once, ships a part and invoices it after a pause, and the
// rest after another. The zero value leaves all of that to whoever calls Confirm, Ship and Invoice.
type Routine struct {
	Pause time.Duration
	Most  int // orders that are taken care of; 100 if zero
}

// task is a step that is due at a time.
type task struct {
	at time.Time
	do func(ctx context.Context) error
}

// plan takes care of a posted order. The caller holds mu.
func (s *Simulator) plan(order string) {
	r := s.cfg.Routine
	if r.Pause <= 0 || s.cared >= r.Most {
		return
	}
	s.cared++
	now := s.cfg.Clock()
	s.tasks = append(s.tasks,
		task{now, func(ctx context.Context) error { _, err := s.Confirm(ctx, order); return err }},
		task{now.Add(r.Pause), func(ctx context.Context) error { return s.charge(ctx, order, s.half(order)) }},
		task{now.Add(2 * r.Pause), func(ctx context.Context) error { return s.charge(ctx, order, s.remaining(order)) }})
}

// work does what is due; a step that fails is told and not done again.
func (s *Simulator) work(ctx context.Context) {
	s.mu.Lock()
	now, due, rest := s.cfg.Clock(), []task(nil), []task(nil)
	for _, t := range s.tasks {
		if t.at.After(now) {
			rest = append(rest, t)
		} else {
			due = append(due, t)
		}
	}
	s.tasks = rest
	s.mu.Unlock()
	for _, t := range due {
		if err := t.do(ctx); err != nil {
			s.cfg.Log.WarnContext(ctx, "SAP cannot go on with an order", "error", err)
		}
	}
}

// charge ships portions and invoices them.
func (s *Simulator) charge(ctx context.Context, order string, portions []Portion) error {
	if len(portions) == 0 {
		return nil
	}
	d, err := s.Ship(ctx, order, nil, portions...)
	if err == nil {
		_, err = s.Invoice(ctx, d.Number)
	}
	return err
}

// half is half of each item that is open, whole pieces of what is counted in them.
func (s *Simulator) half(order string) []Portion {
	all := s.remaining(order)
	for i, p := range all {
		part := p.Quantity.DivRound(decimal.NewFromInt(2), 3)
		if p.Quantity.IsInteger() {
			part = part.Ceil()
		}
		all[i].Quantity = part
	}
	return all
}

func (s *Simulator) remaining(order string) []Portion {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.find(order)
	if err != nil {
		return nil
	}
	return b.rest()
}
