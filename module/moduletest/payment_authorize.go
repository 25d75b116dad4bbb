package moduletest

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/module"
)

func (p *payment) authorize(t *testing.T) {
	r := p.request(module.Authorize, Attempt(), "", 12345)
	r.Token = p.Good(t)
	s := p.pay(t, r)
	p.want(t, s, module.PaymentAuthorized, 12345, 0, 0)
	if s.Attempt != r.Attempt {
		t.Errorf("the attempt is %q, want %q", s.Attempt, r.Attempt)
	}
	if s.Instrument == "" {
		t.Error("nothing tells people which card it is")
	}
	p.same(t, s, p.look(t, module.PaymentLookup{Reference: s.Reference}))
	p.same(t, s, p.look(t, module.PaymentLookup{Attempt: r.Attempt}))
	r.Amount.Number = r.Amount.Number.Neg()
	r.Attempt, r.Token = Attempt(), p.Good(t)
	p.refuse(t, r)
}

// same compares two looks at one payment.
func (p *payment) same(t testing.TB, a, b *module.PaymentState) {
	t.Helper()
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("two looks at one payment differ (-first +second):\n%s", d)
	}
}

func (p *payment) twice(t *testing.T) {
	r := p.request(module.Authorize, Attempt(), "", 5000)
	r.Token = p.Good(t)
	first := p.pay(t, r)
	p.same(t, first, p.pay(t, r))
	capture := p.request(module.Capture, Attempt(), first.Reference, 5000)
	capture.Final = true
	p.pay(t, capture)
	// The first answer is old by now, and the state is all that the gateway has.
	p.want(t, p.pay(t, r), module.PaymentCaptured, 5000, 5000, 0)
}

func (p *payment) atOnce(t *testing.T) {
	r := p.request(module.Authorize, Attempt(), "", 5000)
	r.Token = p.Good(t)
	const callers = 8
	states, faults := make([]*module.PaymentState, callers), make([]error, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() { states[i], faults[i] = p.Module.Pay(t.Context(), p.Channel, r) })
	}
	group.Wait()
	reference := p.look(t, module.PaymentLookup{Attempt: r.Attempt}).Reference
	for i, s := range states {
		var e *module.Error
		if faults[i] != nil && (!errors.As(faults[i], &e) || !e.Retryable()) {
			t.Errorf("a caller got %v; want the payment, or an error that may be asked again", faults[i])
		}
		if s != nil && s.Reference != reference {
			t.Errorf("a caller got the payment %s, another one %s", s.Reference, reference)
		}
	}
}

func (p *payment) decline(t *testing.T) {
	r := p.request(module.Authorize, Attempt(), "", 5000)
	r.Token = p.Declined(t)
	s := p.pay(t, r)
	p.want(t, s, module.PaymentFailed, 0, 0, 0)
	again := p.pay(t, r)
	if again.Status != module.PaymentFailed || again.Code != s.Code || again.Reference != s.Reference {
		t.Errorf("the same attempt again gave %+v, first %+v", again, s)
	}
	if s.Reference != "" {
		p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), module.PaymentFailed, 0, 0, 0)
		p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 5000))
	}
}

func (p *payment) challenge(t *testing.T) {
	for _, passes := range []bool{true, false} {
		r := p.request(module.Authorize, Attempt(), "", 5000)
		r.Token = p.Challenged(t)
		s := p.pay(t, r)
		if s.Status != module.PaymentRequiresAction {
			t.Fatalf("the status is %s, want %s", s.Status, module.PaymentRequiresAction)
		}
		p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 5000))
		p.Authenticate(t, s.NextURL, passes)
		s = p.look(t, module.PaymentLookup{Reference: s.Reference})
		if passes {
			p.want(t, s, module.PaymentAuthorized, 5000, 0, 0)
			continue
		}
		p.want(t, s, module.PaymentFailed, 0, 0, 0)
		if s.Code != "authentication_failed" {
			t.Errorf("the code is %q, want authentication_failed", s.Code)
		}
	}
}

func (p *payment) validate(t *testing.T) {
	if !p.Module.PaymentTraits(p.Channel.Settings).Validates {
		t.Skip("the module does not check cards")
	}
	r := p.request(module.Validate, Attempt(), "", 0)
	r.Token = p.Good(t)
	s := p.pay(t, r)
	p.want(t, s, module.PaymentValidated, 0, 0, 0)
	p.same(t, s, p.pay(t, r))
	p.same(t, s, p.look(t, module.PaymentLookup{Reference: s.Reference}))
	p.same(t, s, p.look(t, module.PaymentLookup{Attempt: r.Attempt}))

	r = p.request(module.Validate, Attempt(), "", 0)
	r.Token = p.Declined(t)
	p.want(t, p.pay(t, r), module.PaymentFailed, 0, 0, 0)

	r = p.request(module.Validate, Attempt(), "", 0)
	r.Token = p.Challenged(t)
	if s = p.pay(t, r); s.NextURL != "" {
		p.Authenticate(t, s.NextURL, true)
	}
	p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), module.PaymentValidated, 0, 0, 0)
}

func (p *payment) hosted(t *testing.T) {
	if p.PayHosted == nil {
		t.Skip("the gateway has no page of its own")
	}
	r := p.request(module.Authorize, Attempt(), "", 7700)
	s := p.pay(t, r)
	if s.Status != module.PaymentRequiresAction {
		t.Fatalf("the status is %s, want %s", s.Status, module.PaymentRequiresAction)
	}
	p.same(t, s, p.pay(t, r))
	p.same(t, s, p.look(t, module.PaymentLookup{Reference: s.Reference}))
	p.same(t, s, p.look(t, module.PaymentLookup{Attempt: r.Attempt}))
	p.refuse(t, p.request(module.Capture, Attempt(), s.Reference, 7700))
	p.PayHosted(t, s.NextURL)
	paid := p.look(t, module.PaymentLookup{Reference: s.Reference}) // by the number of the page
	p.want(t, paid, module.PaymentAuthorized, 7700, 0, 0)
	p.same(t, paid, p.look(t, module.PaymentLookup{Reference: paid.Reference}))
	p.same(t, paid, p.look(t, module.PaymentLookup{Attempt: r.Attempt}))
	p.same(t, paid, p.pay(t, r))
	capture := p.request(module.Capture, Attempt(), s.Reference, 7700)
	capture.Final = true
	p.want(t, p.pay(t, capture), module.PaymentCaptured, 7700, 7700, 0)
	p.want(t, p.pay(t, p.request(module.Refund, Attempt(), s.Reference, 700)), module.PaymentCaptured, 7700, 7700, 700)

	s = p.pay(t, p.request(module.Authorize, Attempt(), "", 7700))
	p.want(t, p.pay(t, p.request(module.Cancel, Attempt(), s.Reference, 0)), module.PaymentVoided, 0, 0, 0)
	p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), module.PaymentVoided, 0, 0, 0)

	if p.Module.PaymentTraits(p.Channel.Settings).Validates {
		s = p.pay(t, p.request(module.Validate, Attempt(), "", 0))
		p.PayHosted(t, s.NextURL)
		p.want(t, p.look(t, module.PaymentLookup{Reference: s.Reference}), module.PaymentValidated, 0, 0, 0)
	}
}
