package story

import (
	"context"
	"fmt"
	"time"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

// looking lets SAP look at its folder while something is done.
func (s *Story) looking(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	watching, stop := context.WithCancel(ctx)
	polling := make(chan error, 1)
	go func() { polling <- s.sap.Run(watching) }()
	err := f(ctx)
	stop()
	<-polling
	return err
}

// answering: SAP pulls the order file, checks it and answers; both acknowledgements are seen apart.
func (s *Story) answering(ctx context.Context) {
	if s.order.number == "" {
		return
	}
	if !s.step("SFTP: the order file lies in out/ within 5 s; SAP accepts every value", func() error { return s.pulled(ctx, &s.order, time.Now()) }) {
		return
	}
	s.step("API: the order is collected and, apart from that, accepted, with SAP's number", func() error { return s.acknowledged(ctx, &s.order) })
	s.step("Shop: the buyer sees the order confirmed in his history", func() error {
		o, err := s.buyer.get(ctx, "/orders/"+s.order.id)
		if err != nil {
			return err
		}
		return all(equal("number", o.text("number"), s.order.number), equal("status", o.text("status"), "confirmed"))
	})
}

// pulled waits for SAP's verdict on an order and compares all that its file says. The answer is dropped after the verdict; it
// must be through before SAP looks away.
func (s *Story) pulled(ctx context.Context, want *placed, start time.Time) error {
	return s.looking(ctx, func(ctx context.Context) error {
		o, err := s.sap.Await(ctx, want.number)
		if err != nil {
			return err
		}
		if err := eventually(ctx, 5*time.Second, func() error { return s.answered(ctx, want) }); err != nil {
			return err
		}
		if took := o.Received.Sub(start); took > 5*time.Second {
			return fmt.Errorf("SAP found the file only after %s", took)
		}
		if len(o.Problems) > 0 {
			return fmt.Errorf("SAP refuses the order: %s", o.Problems[0])
		}
		if len(o.Lines) != len(want.lines) {
			return fmt.Errorf("SAP's file has %d lines, expected %d", len(o.Lines), len(want.lines))
		}
		for i, l := range o.Lines {
			w := want.lines[i]
			if err := all(equal("material", l.Material, w.sku), same("quantity", l.Quantity.String(), w.quantity), same("price", l.Price.String(), w.price),
				same("net value", l.Net.String(), w.total), same("tax of a line", l.Tax.String(), w.tax)); err != nil {
				return err
			}
		}
		return all(equal("status", o.Status, "53"), equal("customer", o.Customer, s.plot.Buyer.Customer), equal("currency", o.Currency, sample.Currency),
			same("freight in SAP's file", o.Freight.String(), want.shipping), same("tax in SAP's file", o.Tax.String(), want.tax),
			same("sum in SAP's file, shipping and tax included", o.Gross.String(), want.total))
	})
}

func (s *Story) answered(ctx context.Context, want *placed) error {
	o, err := s.admin.get(ctx, "/orders/"+want.id)
	if err != nil {
		return err
	}
	if o.text("acceptedAt") == "" {
		return fmt.Errorf("SAP's acceptance has not come in")
	}
	return nil
}

func (s *Story) acknowledged(ctx context.Context, want *placed) error {
	return eventually(ctx, 10*time.Second, func() error {
		o, err := s.admin.get(ctx, "/orders/"+want.id)
		if err != nil {
			return err
		}
		if o.text("collectedAt") == "" || o.text("acceptedAt") == "" || o.text("refusedAt") != "" {
			return fmt.Errorf("collected %q, accepted %q, refused %q", o.text("collectedAt"), o.text("acceptedAt"), o.text("refusedAt"))
		}
		ids, _ := o.Attributes["externalIds"].([]any)
		if len(ids) != 1 {
			return fmt.Errorf("the order has %d external ids, expected SAP's number", len(ids))
		}
		return nil
	})
}
