package channel

import (
	"context"

	"github.com/hanse-commerce/hanse/module"
)

// Pay does one step of a payment. It goes on when the caller goes away, since a step that was begun has to come to an end
// that is known. A step whose outcome is not known is repeated with the same Attempt, by which the gateway knows it.
func (h *Host) Pay(ctx context.Context, organization, channelID string, r module.PaymentRequest) (*module.PaymentState, error) {
	w := call{operation: string(r.Action), deadline: paymentDeadline, recordType: "orders", record: r.Order.ID,
		begun: r.Action != module.Authorize && r.Action != module.Validate}
	if w.record == "" {
		w.recordType, w.record = "paymentTransactions", r.Attempt
	}
	ctx, cancel := lasting(ctx)
	defer cancel()
	return ask(ctx, h, organization, channelID, w, func(ctx context.Context, m module.Module, c *module.Channel) (*module.PaymentState, error) {
		p, err := payment(m)
		if err != nil {
			return nil, err
		}
		s, err := p.Pay(ctx, c, r)
		return told(s, err)
	})
}

// Look asks the gateway what it has of a payment.
func (h *Host) Look(ctx context.Context, organization, channelID string, l module.PaymentLookup) (*module.PaymentState, error) {
	w := call{operation: "look", deadline: paymentDeadline, begun: true}
	if l.Attempt != "" {
		w.recordType, w.record = "paymentTransactions", l.Attempt
	}
	return ask(ctx, h, organization, channelID, w, func(ctx context.Context, m module.Module, c *module.Channel) (*module.PaymentState, error) {
		p, err := payment(m)
		if err != nil {
			return nil, err
		}
		s, err := p.Look(ctx, c, l)
		return told(s, err)
	})
}

func payment(m module.Module) (module.Payment, error) {
	if p, ok := m.(module.Payment); ok {
		return p, nil
	}
	return nil, refuse(module.Invalid, CodeUnusable, "The module %s moves no money.", m.Info().Name)
}

// told makes sure that a module says something: no state and no error is a mistake of its own, after which nothing is known.
func told(s *module.PaymentState, err error) (*module.PaymentState, error) {
	if s == nil && err == nil {
		return nil, refuse(module.Connection, "module_silent", "The module gave neither a state nor an error.")
	}
	return s, err
}

// lasting is a context that does not end when whoever asked goes away, only at his deadline.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	kept := context.WithoutCancel(ctx)
	if until, ok := ctx.Deadline(); ok {
		return context.WithDeadline(kept, until)
	}
	return context.WithCancel(kept)
}
