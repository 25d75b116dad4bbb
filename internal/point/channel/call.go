package channel

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// How long calls may take, repetitions included.
const (
	paymentDeadline = 20 * time.Second
	ratesDeadline   = 2 * time.Second
	checkDeadline   = 10 * time.Second
)

// Pauses between repetitions grow from first to last, each up to its whole length at random; what is left of the deadline
// bounds them all.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 4 * time.Second
	attempts   = 5
)

// call is one use of a module.
type call struct {
	operation          string // for the ledger and metrics: "authorize"
	deadline           time.Duration
	recordType, record string // what it is about; "" if that is not known
	// trial: an administrator tries the channel out, so that neither the breaker nor a pause stand in the way and nothing is
	// repeated.
	trial bool
}

// ask finds a channel, asks its module by f, and repeats what failed for no lasting reason as long as the deadline allows.
// The error is a *module.Error without secrets.
func ask[T any](ctx context.Context, h *Host, organization, id string, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (T, error) {
	var none T
	u, err := h.find(ctx, id)
	if err == nil && u.organization != organization {
		err = refuse(module.Invalid, CodeUnknown, "There is no channel %s in this organization.", id)
	}
	if err == nil {
		err = u.usable(w.trial)
	}
	if err != nil {
		return none, asModuleError(err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.deadline)
	defer cancel()
	for n := 1; ; n++ {
		v, err := once(ctx, h, u, w, f)
		if err == nil {
			return v, nil
		}
		e := u.clean(ctx, w, err)
		if !e.Retryable() || w.trial || n == attempts || panicked(err) || !pause(ctx, n, e.RetryAfter) {
			return none, e
		}
	}
}

// once is one attempt, with its place among the channel's calls, its breaker, its metrics and its health.
func once[T any](ctx context.Context, h *Host, u *unit, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (T, error) {
	var none T
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-ctx.Done():
		return none, refuse(module.Intermittent, CodeBusy, "The channel %s has %d calls under way, and none ended in time.", u.code, most)
	}
	began := time.Now()
	run := func() (any, error) { return guarded(ctx, h, u, w, f) }
	v, err := any(none), error(nil)
	if w.trial {
		v, err = run()
	} else {
		v, err = u.breaker.Execute(run)
	}
	if opened(err) {
		h.Metrics.call(u, w.operation, "open", 0)
		return none, &module.Error{Class: module.Intermittent, Code: CodeOpen, RetryAfter: breakerPause,
			Detail: fmt.Sprintf("The channel %s failed %d times in a row and is left alone for %s; see its health.", u.code, breakerFailures, breakerPause)}
	}
	took := time.Since(began)
	h.Metrics.call(u, w.operation, outcome(err), took)
	if !gaveUp(ctx, err) {
		u.health.note(u.words(err), took)
	}
	t, _ := v.(T)
	return t, err
}

// guarded calls the module; a panic costs the call, not the process.
func guarded[T any](ctx context.Context, h *Host, u *unit, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (v any, err error) {
	c, end := h.channel(ctx, u, w)
	defer end()
	defer func() {
		if r := recover(); r != nil {
			detail := u.redactor.text(fmt.Sprint(r))
			h.Log.Error("a module panicked", "channel", u.code, "kind", u.kind, "operation", w.operation, "panic", detail,
				"stack", u.redactor.text(string(debug.Stack())))
			v, err = nil, &panicError{module.Error{Class: module.Connection, Code: "module_panic", Detail: "The module broke down: " + detail}}
		}
	}()
	t, err := f(ctx, u.module, c)
	if s, ok := any(t).(*module.PaymentState); ok && s != nil { // what the gateway said is kept with the payment
		clean := *s
		clean.Message, clean.Instrument = u.redactor.text(s.Message), u.redactor.text(s.Instrument)
		return &clean, err
	}
	return t, err
}

// panicError is a breakdown of the module, which would break down again.
type panicError struct{ cause module.Error }

func (e *panicError) Error() string { return e.cause.Error() }
func (e *panicError) Unwrap() error { return &e.cause }

func panicked(err error) bool {
	var p *panicError
	return errors.As(err, &p)
}

// asModuleError gives every error a class: what a module does not say counts as Connection.
func asModuleError(err error) *module.Error {
	var e *module.Error
	if errors.As(err, &e) {
		return e
	}
	return &module.Error{Class: module.Connection, Code: "connection", Detail: "The outside system could not be asked", Err: err}
}

// clean gives an error without secrets, in whatever text the module wrapped them.
func (u *unit) clean(ctx context.Context, w call, err error) *module.Error {
	e := *asModuleError(err)
	if e.Class == module.Connection && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		e.Code, e.Detail = "timeout", fmt.Sprintf("The channel %s did not answer within %s", u.code, w.deadline)
	}
	e.Detail = u.redactor.text(e.Detail)
	if e.Err != nil {
		e.Err = errors.New(u.redactor.text(e.Err.Error()))
	}
	return &e
}

// words are what health says of an error; "" if the system did its part.
func (u *unit) words(err error) string {
	if err == nil || asModuleError(err).Class == module.Refused {
		return ""
	}
	return u.redactor.text(asModuleError(err).Error())
}

// gaveUp reports that whoever asked went away before the answer came, which says nothing about the system.
func gaveUp(ctx context.Context, err error) bool {
	return err != nil && errors.Is(ctx.Err(), context.Canceled)
}

// outcome is what metrics call the end of an attempt.
func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return string(asModuleError(err).Class)
}

// pause waits before the next attempt and reports whether there is time for one.
func pause(ctx context.Context, n int, asked time.Duration) bool {
	longest := min(firstPause<<(n-1), lastPause)
	wait := max(asked, longest/2+time.Duration(rand.Int64N(int64(longest/2)))) // #nosec G404 -- spreads retries
	if until, ok := ctx.Deadline(); ok && time.Until(until) < wait+wait/4 {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
