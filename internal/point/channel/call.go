package channel

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
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
	// begun: it goes on with a payment that there is already, which a channel that was switched off meanwhile still does.
	begun bool
}

// ask finds a channel and asks its module by f, unless its breaker is open. What fails for no lasting reason is repeated as
// long as the deadline allows; to breaker and health all attempts are one call. The error is a *module.Error without secrets.
func ask[T any](ctx context.Context, h *Host, organization, id string, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (T, error) {
	var none T
	u, err := h.find(ctx, id)
	if err == nil && u.organization != organization {
		err = refuse(module.Invalid, CodeUnknown, "There is no channel %s in this organization.", id)
	}
	if err == nil {
		err = u.usable(w)
	}
	if err != nil {
		return none, asModuleError(err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.deadline)
	defer cancel()
	began := time.Now()
	if w.trial {
		v, err := once(ctx, h, u, w, f)
		u.fared(ctx, err, time.Since(began))
		return v, cleaned(ctx, u, w, err)
	}
	v, err := u.breaker.Execute(func() (any, error) { return repeated(ctx, h, u, w, f) })
	if opened(err) {
		h.Metrics.call(u, w.operation, "open", 0)
		return none, &module.Error{Class: module.Intermittent, Code: CodeOpen, RetryAfter: breakerPause,
			Detail: fmt.Sprintf("Calls of the channel %s failed %d times in a row, so it is left alone for %s; see its health.", u.code, breakerFailures, breakerPause)}
	}
	u.fared(ctx, err, time.Since(began))
	t, _ := v.(T)
	return t, cleaned(ctx, u, w, err)
}

// repeated makes attempts until one succeeds, fails for good, or there is no time for another.
func repeated[T any](ctx context.Context, h *Host, u *unit, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (T, error) {
	for n := 1; ; n++ {
		v, err := once(ctx, h, u, w, f)
		if err == nil {
			return v, nil
		}
		if e := asModuleError(err); !e.Retryable() || n == attempts || panicked(err) || !pause(ctx, n, e.RetryAfter) {
			return v, err
		}
	}
}

// once is one attempt, with its place among the channel's calls and its metrics.
func once[T any](ctx context.Context, h *Host, u *unit, w call, f func(context.Context, module.Module, *module.Channel) (T, error)) (T, error) {
	var none T
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-ctx.Done():
		return none, refuse(module.Intermittent, CodeBusy, "The channel %s has %d calls under way, and none ended in time.", u.code, most)
	}
	began := time.Now()
	v, err := guarded(ctx, h, u, w, f)
	h.Metrics.call(u, w.operation, outcome(err), time.Since(began))
	t, _ := v.(T)
	return t, err
}

// fared notes in the channel's health how a call ended.
func (u *unit) fared(ctx context.Context, err error, took time.Duration) {
	if !gaveUp(ctx, err) {
		u.health.note(u.words(err), took)
	}
}

// cleaned is clean for an error that may be none.
func cleaned(ctx context.Context, u *unit, w call, err error) error {
	if err == nil {
		return nil
	}
	return u.clean(ctx, w, err)
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

// asModuleError gives every error a class: what a module does not say counts as Connection. Words that the module put before
// an error, such as the setting to look at, stay.
func asModuleError(err error) *module.Error {
	var e *module.Error
	if !errors.As(err, &e) {
		return &module.Error{Class: module.Connection, Code: "connection", Detail: "The outside system could not be asked", Err: err}
	}
	if before, ok := strings.CutSuffix(err.Error(), e.Error()); ok && before != "" {
		whole := *e
		whole.Detail = before + e.Detail
		return &whole
	}
	return e
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
