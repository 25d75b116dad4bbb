package moduletest

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/module"
)

func (p *payment) captures(t *testing.T) {
	s := p.authorized(t, 10000)
	p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 10001))
	p.refuse(t, p.foreign(module.Capture, s.Reference, 100))
	if !p.Several {
		p.want(t, p.pay(t, p.request(module.Capture, Attempt(), s.Reference, 4000)), module.PaymentCaptured, 10000, 4000, 0)
		p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 1000))
		return
	}
	first := p.request(module.Capture, Attempt(), s.Reference, 4000)
	one := p.pay(t, first)
	p.want(t, one, module.PaymentAuthorized, 10000, 4000, 0)
	if again := p.pay(t, first); again.Step != one.Step {
		t.Errorf("the same capture again is the step %s, first %s", again.Step, one.Step)
	}
	p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 6001))
	two := p.pay(t, p.request(module.Capture, Attempt(), s.Reference, 2500))
	p.want(t, two, module.PaymentAuthorized, 10000, 6500, 0)
	if one.Step == "" || one.Step == two.Step || one.Step == s.Step {
		t.Errorf("two captures have the numbers %q and %q, the authorization %q", one.Step, two.Step, s.Step)
	}
	last := p.request(module.Capture, Attempt(), s.Reference, 1000)
	last.Final = true
	p.want(t, p.pay(t, last), module.PaymentCaptured, 10000, 7500, 0)
	p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 100))
	p.want(t, p.pay(t, first), module.PaymentCaptured, 10000, 7500, 0)

	s = p.authorized(t, 10000)
	p.want(t, p.pay(t, p.request(module.Capture, Attempt(), s.Reference, 10000)), module.PaymentCaptured, 10000, 10000, 0)
}

// race captures the same money from several places at once.
func (p *payment) race(t *testing.T) {
	s := p.authorized(t, 10000)
	const callers = 6
	faults := make([]error, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			_, faults[i] = p.Module.Pay(t.Context(), p.Channel, p.request(module.Capture, Attempt(), s.Reference, 4000))
		})
	}
	group.Wait()
	done := int64(0)
	for _, err := range faults {
		if err == nil {
			done++
		}
	}
	after := p.look(t, module.PaymentLookup{Reference: s.Reference})
	if most := int64(2); done > most || !p.Several && done > 1 || !after.Captured.Number.Equal(p.amount(done*4000).Number) {
		t.Errorf("%d captures of 40.00 succeeded, and %s of 100.00 is captured", done, after.Captured)
	}
}

func (p *payment) cancel(t *testing.T) {
	s := p.authorized(t, 10000)
	r := p.request(module.Cancel, Attempt(), s.Reference, 0)
	voided := p.pay(t, r)
	p.want(t, voided, module.PaymentVoided, 10000, 0, 0)
	if voided.Step != "" && voided.Step == s.Step {
		t.Errorf("the cancellation has the number of the authorization, %s", s.Step)
	}
	p.want(t, p.pay(t, r), module.PaymentVoided, 10000, 0, 0)
	p.want(t, p.pay(t, p.request(module.Cancel, Attempt(), s.Reference, 0)), module.PaymentVoided, 10000, 0, 0)
	p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 100))
	p.refuse(t, p.request(module.Refund, Attempt(), s.Reference, 100))

	s = p.authorized(t, 10000)
	capture := p.request(module.Capture, Attempt(), s.Reference, 10000)
	capture.Final = true
	p.pay(t, capture)
	p.refuse(t, p.request(module.Cancel, Attempt(), s.Reference, 0))
	if p.Several {
		s = p.authorized(t, 10000)
		p.pay(t, p.request(module.Capture, Attempt(), s.Reference, 3000))
		p.want(t, p.pay(t, p.request(module.Cancel, Attempt(), s.Reference, 0)), module.PaymentCaptured, 10000, 3000, 0)
		p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 100))
	}
}

func (p *payment) refunds(t *testing.T) {
	s := p.authorized(t, 10000)
	p.refuse(t, p.request(module.Refund, Attempt(), s.Reference, 100)) // nothing was taken yet
	capture := p.request(module.Capture, Attempt(), s.Reference, 9000)
	capture.Final = true
	p.pay(t, capture)
	p.refuse(t, p.request(module.Refund, Attempt(), s.Reference, 9001))
	p.refuse(t, p.foreign(module.Refund, s.Reference, 100))
	first := p.request(module.Refund, Attempt(), s.Reference, 2500)
	one := p.pay(t, first)
	p.want(t, one, module.PaymentCaptured, 10000, 9000, 2500)
	if again := p.pay(t, first); again.Step != one.Step {
		t.Errorf("the same refund again is the step %s, first %s", again.Step, one.Step)
	}
	two := p.pay(t, p.request(module.Refund, Attempt(), s.Reference, 6500))
	p.want(t, two, module.PaymentCaptured, 10000, 9000, 9000)
	if one.Step == "" || one.Step == two.Step || one.Step == s.Step {
		t.Errorf("two refunds have the numbers %q and %q", one.Step, two.Step)
	}
	p.refuse(t, p.request(module.Refund, Attempt(), s.Reference, 1))
	p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), module.PaymentCaptured, 10000, 9000, 9000)
}

// lost breaks the connection behind each step: what was done is found, and asked for again it is not done twice.
func (p *payment) lost(t *testing.T) {
	lose := func(r module.PaymentRequest) {
		t.Helper()
		p.Lose(t)
		if s, err := p.Module.Pay(t.Context(), p.Channel, r); err == nil {
			t.Errorf("%s gave %+v although its answer was lost", r.Action, s)
		}
	}
	r := p.request(module.Authorize, Attempt(), "", 10000)
	r.Token = p.Good(t)
	lose(r)
	s := p.look(t, module.PaymentLookup{Attempt: r.Attempt})
	p.want(t, s, module.PaymentAuthorized, 10000, 0, 0)
	p.same(t, s, p.pay(t, r))

	capture := p.request(module.Capture, Attempt(), s.Reference, 9000)
	capture.Final = true
	lose(capture)
	p.want(t, p.pay(t, capture), module.PaymentCaptured, 10000, 9000, 0)
	refund := p.request(module.Refund, Attempt(), s.Reference, 1000)
	lose(refund)
	p.want(t, p.pay(t, refund), module.PaymentCaptured, 10000, 9000, 1000)

	p.lostElsewhere(t, lose)
	r = p.request(module.Authorize, Attempt(), "", 10000)
	r.Token = p.Declined(t)
	lose(r)
	p.want(t, p.pay(t, r), module.PaymentFailed, 0, 0, 0)
}

// lostElsewhere loses the answers of a cancellation, a check and the making of the gateway's page.
func (p *payment) lostElsewhere(t *testing.T, lose func(module.PaymentRequest)) {
	t.Helper()
	cancel := p.request(module.Cancel, Attempt(), p.authorized(t, 10000).Reference, 0)
	lose(cancel)
	p.want(t, p.pay(t, cancel), module.PaymentVoided, 10000, 0, 0)
	if p.Module.PaymentTraits(p.Channel.Settings).Validates {
		check := p.request(module.Validate, Attempt(), "", 0)
		check.Token = p.Good(t)
		lose(check)
		p.same(t, p.look(t, module.PaymentLookup{Attempt: check.Attempt}), p.pay(t, check))
	}
	if p.PayHosted != nil {
		page := p.request(module.Authorize, Attempt(), "", 10000)
		lose(page)
		s := p.look(t, module.PaymentLookup{Attempt: page.Attempt})
		p.same(t, s, p.pay(t, page))
		p.PayHosted(t, s.NextURL)
		p.want(t, p.pay(t, page), module.PaymentAuthorized, 10000, 0, 0)
	}
}

// anyOrder makes steps at random and compares with what should be left.
func (p *payment) anyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		authorized := rapid.Int64Range(100, 50000).Draw(rt, "authorized")
		s := p.authorized(t, authorized)
		captured, refunded, open := int64(0), int64(0), true
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			n := rapid.Int64Range(1, authorized+10).Draw(rt, "amount")
			switch rapid.SampledFrom([]string{"capture", "final", "refund"}).Draw(rt, "step") {
			case "refund":
				if open && captured > 0 {
					continue // whether a gateway refunds while it still holds money is its own business
				}
				if r := p.request(module.Refund, Attempt(), s.Reference, n); n > captured-refunded {
					p.refuse(t, r)
				} else {
					p.pay(t, r)
					refunded += n
				}
			case "final":
				r := p.request(module.Capture, Attempt(), s.Reference, n)
				r.Final = true
				if !open || n > authorized-captured {
					p.refuse(t, r)
				} else {
					p.pay(t, r)
					captured, open = captured+n, false
				}
			default:
				if r := p.request(module.Capture, Attempt(), s.Reference, n); !open || n > authorized-captured {
					p.refuse(t, r)
				} else {
					p.pay(t, r)
					captured += n
					open = p.Several && captured < authorized
				}
			}
		}
		status := module.PaymentAuthorized
		if !open {
			status = module.PaymentCaptured
		}
		p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), status, authorized, captured, refunded)
		if t.Failed() {
			rt.FailNow()
		}
	})
}
