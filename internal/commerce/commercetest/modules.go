package commercetest

import (
	"context"
	"errors"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Registry has two ways of paying, told as the modules of that kind tell theirs: on account ("terms"), which every
// organization starts with, and by a gateway ("card"), which a test plays itself.
func Registry() *module.Registry {
	r := &module.Registry{}
	for _, m := range []module.Module{way{name: "terms"}, way{name: "card"}} {
		if err := r.Add(m); err != nil {
			panic(err) // two of one name
		}
	}
	return r
}

type way struct{ name string }

func (w way) Info() module.Info {
	i := module.Info{Name: w.name, Title: w.name, Doc: "A way of paying in tests."}
	if w.name == "card" {
		i.Settings = resource.Fields{resource.Enum("capture", "order", "shipment", "manual").Default("shipment").Doc("When money is taken.")}
	}
	return i
}

// PaymentTraits implements module.Payment.
func (w way) PaymentTraits(s module.Settings) module.PaymentTraits {
	if w.name == "card" {
		return module.PaymentTraits{Online: true, Capture: module.CaptureTime(s["capture"]), Validates: true}
	}
	return module.PaymentTraits{OnAccount: true, Capture: module.ByHand}
}

// PaymentForm implements module.Payment.
func (way) PaymentForm(module.Settings, module.PaymentQuestion) module.PaymentForm {
	return module.PaymentForm{Hosted: true}
}

var errPlayed = errors.New("in tests the gateway is played by the test: give the desk gateways of its own")

// Pay implements module.Payment. On account it notes what it is told.
func (w way) Pay(_ context.Context, _ *module.Channel, r module.PaymentRequest) (*module.PaymentState, error) {
	if w.name == "card" {
		return nil, errPlayed
	}
	s := &module.PaymentState{Status: module.PaymentAuthorized, Reference: r.Reference, Attempt: r.Attempt, Authorized: r.Amount}
	switch {
	case r.Action == module.Cancel:
		s.Status = module.PaymentVoided
	case r.Action == module.Capture && r.Final:
		s.Status = module.PaymentCaptured
	}
	return s, nil
}

// Look implements module.Payment.
func (way) Look(context.Context, *module.Channel, module.PaymentLookup) (*module.PaymentState, error) {
	return nil, errPlayed
}
