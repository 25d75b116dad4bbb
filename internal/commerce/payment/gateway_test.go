package payment_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// gateway is a gateway that keeps books and is no kinder than a real one: it refuses what is above its sums or in the wrong
// state, knows a repeated request by its key and refuses a key with another request, and can be told to fail before or after
// it has done something.
type gateway struct {
	mu       sync.Mutex
	payments map[string]*deposit               // by reference
	keys     map[string]*replay                // by attempt
	calls    []string                          // action and attempt of each request, repeated ones too
	done     map[string]int                    // how often an attempt was really carried out
	history  map[string][]*module.PaymentState // all that was ever seen of a payment
	number   int

	captures bool // takes the money when it authorizes
	lasts    time.Duration
	// before is asked ahead of each request, after behind what was carried out: an error is all that the caller gets.
	before, after func(r module.PaymentRequest) error
	looking       func(l module.PaymentLookup) error
	seen          func(s *module.PaymentState) // behind a look: what it saw may be old by now
}

// deposit is a payment on the gateway's books.
type deposit struct {
	reference, attempt             string
	status                         module.PaymentStatus
	authorized, captured, refunded decimal.Decimal
	currency, code                 string
	amount                         decimal.Decimal
	steps                          []module.PaymentStep
	before                         time.Time
}

type replay struct {
	request module.PaymentRequest
	answer  *module.PaymentState
	refused error
}

func newGateway() *gateway {
	return &gateway{payments: map[string]*deposit{}, keys: map[string]*replay{}, done: map[string]int{},
		history: map[string][]*module.PaymentState{}}
}

func refused(code, format string, a ...any) error {
	return &module.Error{Class: module.Refused, Code: code, Detail: fmt.Sprintf(format, a...)}
}

func (g *gateway) Pay(ctx context.Context, _, _ string, r module.PaymentRequest) (*module.PaymentState, error) {
	if g.before != nil {
		if err := g.before(r); err != nil {
			return nil, err
		}
	}
	s, err := g.pay(r)
	if g.after != nil {
		if lost := g.after(r); lost != nil {
			return nil, lost
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s, err
}

func (g *gateway) pay(r module.PaymentRequest) (*module.PaymentState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, string(r.Action)+" "+r.Attempt)
	if known, ok := g.keys[r.Attempt]; ok {
		if fmt.Sprint(known.request) != fmt.Sprint(r) {
			return nil, refused("key_reused", "the key %s came with another request", r.Attempt)
		}
		return known.answer, known.refused
	}
	s, err := g.carryOut(r)
	g.keys[r.Attempt] = &replay{r, s, err}
	return s, err
}

func (g *gateway) carryOut(r module.PaymentRequest) (*module.PaymentState, error) {
	g.done[r.Attempt]++
	if r.Action == module.Authorize || r.Action == module.Validate {
		return g.begin(r)
	}
	d, ok := g.payments[r.Reference]
	if !ok {
		return nil, refused("unknown_payment", "there is no payment %q", r.Reference)
	}
	step := module.PaymentStep{Action: r.Action, Step: g.next("st"), Attempt: r.Attempt, Amount: r.Amount}
	switch r.Action {
	case module.Capture:
		if d.status != module.PaymentAuthorized {
			return nil, refused("wrong_state", "it is %s", d.status)
		}
		if !r.Amount.Number.IsPositive() || d.captured.Add(r.Amount.Number).GreaterThan(d.authorized) {
			return nil, refused("amount_too_large", "%s of %s are left", d.authorized.Sub(d.captured), d.authorized)
		}
		if d.captured = d.captured.Add(r.Amount.Number); r.Final || d.captured.Equal(d.authorized) {
			d.status = module.PaymentCaptured
		}
	case module.Cancel:
		switch d.status {
		case module.PaymentCaptured, module.PaymentExpired, module.PaymentVoided, module.PaymentFailed:
			return nil, refused("wrong_state", "it is %s", d.status)
		}
		d.release(module.PaymentVoided)
	case module.Refund:
		if !r.Amount.Number.IsPositive() || d.refunded.Add(r.Amount.Number).GreaterThan(d.captured) {
			return nil, refused("amount_too_large", "%s of %s are left", d.captured.Sub(d.refunded), d.captured)
		}
		d.refunded = d.refunded.Add(r.Amount.Number)
	}
	d.steps = append(d.steps, step)
	s := d.state()
	s.Step = step.Step
	return s, nil
}

// release lets go of what is reserved.
func (d *deposit) release(otherwise module.PaymentStatus) {
	if d.status = otherwise; d.captured.IsPositive() {
		d.status = module.PaymentCaptured
	}
}

// begin takes the token for what the buyer's bank will say.
func (g *gateway) begin(r module.PaymentRequest) (*module.PaymentState, error) {
	d := &deposit{reference: g.next("pay"), attempt: r.Attempt, amount: r.Amount.Number, currency: r.Amount.Currency, before: time.Now().Add(7 * 24 * time.Hour)}
	if g.lasts > 0 {
		d.before = time.Now().Add(g.lasts)
	}
	g.payments[d.reference] = d
	switch {
	case r.Token == "tok_declined":
		d.status, d.code = module.PaymentFailed, "declined"
	case strings.HasPrefix(r.Token, "tok_sca") || r.Token == "":
		d.status = module.PaymentRequiresAction
	case r.Action == module.Validate:
		d.status = module.PaymentValidated
	default:
		d.approve(g.captures)
	}
	s := d.state()
	s.Step = g.next("st")
	return s, nil
}

func (d *deposit) approve(capture bool) {
	d.status, d.authorized = module.PaymentAuthorized, d.amount
	if capture {
		d.status, d.captured = module.PaymentCaptured, d.amount
	}
}

func (g *gateway) next(prefix string) string {
	g.number++
	return fmt.Sprintf("%s_%d", prefix, g.number)
}

func (d *deposit) state() *module.PaymentState {
	s := &module.PaymentState{Status: d.status, Reference: d.reference, Attempt: d.attempt, Code: d.code, Instrument: "Visa •••• 4242",
		Authorized: money.Of(d.authorized, d.currency), Captured: money.Of(d.captured, d.currency), Refunded: money.Of(d.refunded, d.currency),
		Done: append([]module.PaymentStep(nil), d.steps...)}
	if d.status == module.PaymentRequiresAction {
		s.NextURL = "https://bank.test/" + d.reference
	}
	if d.status == module.PaymentAuthorized {
		s.CaptureBefore = d.before
	}
	return s
}

func (g *gateway) Look(_ context.Context, _, _ string, l module.PaymentLookup) (*module.PaymentState, error) {
	if g.looking != nil {
		if err := g.looking(l); err != nil {
			return nil, err
		}
	}
	s := g.look(l)
	if s == nil {
		return nil, refused("unknown_payment", "there is no such payment")
	}
	if g.seen != nil {
		g.seen(s)
	}
	return s, nil
}

func (g *gateway) look(l module.PaymentLookup) *module.PaymentState {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := g.find(l); d != nil {
		s := d.state()
		seen := *s
		g.history[d.reference] = append(g.history[d.reference], &seen)
		return s
	}
	return nil
}

func (g *gateway) find(l module.PaymentLookup) *deposit {
	if d, ok := g.payments[l.Reference]; ok {
		return d
	}
	for _, d := range g.payments {
		if d.attempt == l.Attempt {
			return d
		}
	}
	return nil
}

// buyer does something on the gateway's own page or screens: approve, decline, expire.
func (g *gateway) buyer(attempt string, do func(d *deposit)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := g.find(module.PaymentLookup{Attempt: attempt}); d != nil {
		do(d)
	}
}

// has is what the gateway has of an attempt, for people.
func (g *gateway) has(attempt string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.find(module.PaymentLookup{Attempt: attempt})
	if d == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s %s/%s/%s", d.status, d.authorized, d.captured, d.refunded)
}
