package payment

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// call asks the gateway, outside any transaction.
func (d *Desk) call(ctx context.Context, t *task) (*module.PaymentState, error) {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	s, err := d.ask(ctx, t)
	if err == nil && s == nil {
		err = &module.Error{Class: module.Intermittent, Code: "no_answer", Detail: "the module gave neither a state nor an error"}
	}
	return s, err
}

func (d *Desk) ask(ctx context.Context, t *task) (*module.PaymentState, error) {
	switch {
	case t.channel == "":
		return nil, &module.Error{Class: module.Invalid, Code: "no_channel", Detail: "The channel " + t.code + " does not exist any more."}
	case !t.online:
		return d.askNobody(ctx, t)
	case d.Gateways == nil:
		return nil, &module.Error{Class: module.Connection, Code: "no_gateways", Detail: "This node asks no gateways."}
	case t.ask == "look":
		return d.Gateways.Look(ctx, t.organization, t.channel, module.PaymentLookup{Reference: t.reference, Attempt: t.attempt})
	case t.action == module.Cancel && t.reference == "":
		return d.cancelUnknown(ctx, t)
	}
	return d.Gateways.Pay(ctx, t.organization, t.channel, t.request())
}

// askNobody lets the module of a way of paying that is not online take note.
func (d *Desk) askNobody(ctx context.Context, t *task) (*module.PaymentState, error) {
	m := Method{Channel: t.channel, Code: t.code, Kind: t.kind}
	if err := (Methods{Registry: d.Registry}).fill(&m, t.label, t.settings); err != nil {
		return nil, err
	}
	found, _ := d.Registry.Get(t.kind)
	pays, ok := found.(module.Payment)
	if !ok || m.configured != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "not_configured", Detail: "The channel " + t.code + " is not complete", Err: m.configured}
	}
	return pays.Pay(ctx, &module.Channel{ID: t.channel, Code: t.code, Settings: m.Settings, Log: d.log()}, t.request())
}

// cancelUnknown cancels a payment whose number was never told: the gateway is asked by the attempt what it has of it. Where it
// has nothing, nothing is to be cancelled.
func (d *Desk) cancelUnknown(ctx context.Context, t *task) (*module.PaymentState, error) {
	s, err := d.Gateways.Look(ctx, t.organization, t.channel, module.PaymentLookup{Attempt: t.attempt})
	var refused *module.Error
	if errors.As(err, &refused) && refused.Class == module.Refused {
		return &module.PaymentState{Status: module.PaymentVoided, Attempt: t.attempt}, nil
	}
	if err != nil || s == nil || rank(s.Status) == 2 {
		return s, err
	}
	r := t.request()
	r.Reference = s.Reference
	return d.Gateways.Pay(ctx, t.organization, t.channel, r)
}

// failure is an error of a gateway as an Error of its class; what is not one counts as Connection.
func failure(err error) *module.Error {
	var e *module.Error
	if errors.As(err, &e) {
		return e
	}
	return &module.Error{Class: module.Connection, Code: "unreachable", Detail: "The gateway could not be asked", Err: err}
}

const longestPause = 10 * time.Minute

// pause is how long to wait before the next try: 2 s, 4 s, 8 s … up to ten minutes, and not just as long as others wait.
func pause(tries int) time.Duration {
	wait := longestPause
	if tries < 10 {
		wait = min(wait, time.Second<<max(tries, 1))
	}
	return wait - time.Duration(rand.Int64N(int64(wait/5))) // #nosec G404 -- spreads retries
}
