package sapsim

import (
	"context"
	"errors"
	"io"
	"path"
	"time"
)

// Run looks at the out folder until ctx ends; faults of the server are logged and tried again. It returns nil then.
func (s *Simulator) Run(ctx context.Context) error {
	tick := time.NewTicker(s.cfg.Interval)
	defer tick.Stop()
	for {
		if err := s.Poll(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "SAP cannot pull files", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Poll looks at the out folder once: it pulls orders and confirmations, by name, answers orders, and does what its routine has
// due. Other files stay.
func (s *Simulator) Poll(ctx context.Context) error {
	if err := s.answer(ctx); err != nil {
		return err
	}
	names, err := s.wire.list(ctx)
	if err != nil {
		return err
	}
	var faults []error // one file that cannot be pulled must not hold up the others
	for _, name := range names {
		if order, _ := path.Match("orders_*.xml", name); order {
			faults = append(faults, s.pull(ctx, name, s.receiveOrders))
		} else if confirmation, _ := path.Match("aleaud_*.xml", name); confirmation {
			faults = append(faults, s.pull(ctx, name, s.receiveConfirmations))
		}
	}
	s.work(ctx)
	return errors.Join(faults...)
}

func (s *Simulator) pull(ctx context.Context, name string, receive func(ctx context.Context, name string, content []byte)) error {
	content, err := s.wire.take(ctx, name)
	if err != nil {
		return err
	}
	receive(ctx, name, content)
	return s.answer(ctx)
}

// answer drops what answers are waiting. One that does not get through is tried again next time.
func (s *Simulator) answer(ctx context.Context) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	for {
		s.mu.Lock()
		if len(s.unsent) == 0 {
			s.mu.Unlock()
			return nil
		}
		f := s.unsent[0]
		s.mu.Unlock()
		if err := s.wire.put(ctx, f.Name, f.Write); err != nil && !s.wire.has(ctx, f.Name) {
			return err // if it is there, only the server's word for it was lost
		}
		s.mu.Lock()
		s.unsent = s.unsent[1:]
		s.mu.Unlock()
	}
}

// receiveOrders judges the orders of a file and prepares the answer.
func (s *Simulator) receiveOrders(ctx context.Context, name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	orders := s.judge(name, content)
	audit, file, err := s.audit(orders)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "SAP cannot write its answer", "file", name, "error", err)
	} else if audit != nil {
		for i := range orders {
			orders[i].Answer = file
		}
		s.unsent = append(s.unsent, File{file, func(w io.Writer) error { _, err := w.Write(audit); return err }})
	}
	s.orders = append(s.orders, orders...)
	for _, o := range orders {
		log := s.cfg.Log.With("file", name, "order", o.Number, "customer", o.Customer)
		switch {
		case o.Status == Posted:
			s.plan(o.SalesOrder)
			log.InfoContext(ctx, "SAP posted an order", "sales_order", o.SalesOrder, "total", o.Total.String(), "warnings", len(o.Warnings))
		case len(o.Problems) > 0:
			log.WarnContext(ctx, "SAP refused an order", "reason", o.Problems[0].String(), "more", len(o.Problems)-1)
		}
	}
	s.announce()
}
