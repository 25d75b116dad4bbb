package stripe

import (
	"errors"
	"net/http"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// asked is how a payment that is captured later is asked for.
type asked struct {
	several bool // request_multicapture: captures in parts, where card and account have them
	again   bool // without it, after Stripe refused it to this account
}

// step is the request's name in its idempotency key: what is asked for in another way is another request.
func (a asked) step(name string) string {
	if a.again {
		return name + "/once"
	}
	return name
}

// asking begins a payment that can be captured in parts. Stripe grants that to some accounts alone, and refuses the whole
// payment to others; those get one that is captured once. A repeated attempt makes the same two requests under the same keys.
func (k *connection) asking(begin func(asked) (*module.PaymentState, error)) (*module.PaymentState, error) {
	if captureMethod(k.channel.Settings) != "manual" {
		return begin(asked{})
	}
	state, err := begin(asked{several: true})
	var e *module.Error
	if errors.As(err, &e) && e.Code == notGranted {
		return begin(asked{again: true})
	}
	return state, err
}

// notGranted is the code of a refusal to let this account ask for captures in parts.
const notGranted = "multicapture_not_granted"

// refusesSeveral recognizes that refusal. Its code stands for other parameters, too, so the words decide: "This account is
// not eligible for the requested card features."
func refusesSeveral(e *stripe.Error) bool {
	if e.HTTPStatusCode != http.StatusBadRequest {
		return false
	}
	return strings.Contains(strings.ToLower(e.Msg), "not eligible for the requested card features") ||
		e.Code == "payment_intent_invalid_parameter" && strings.Contains(e.Param+" "+e.Msg, "request_multicapture")
}

// spent says that a token confirmed a payment before: perhaps this attempt's own, whose answer was lost.
func spent(err error) bool {
	var said *stripe.Error
	return errors.As(err, &said) && said.Param == "confirmation_token"
}
