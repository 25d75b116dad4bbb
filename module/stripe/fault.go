package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// fault turns an error of the library into one that tells Hanse what to do. Nothing of the request is in it.
func (k *connection) fault(doing string, err error) error {
	var already *module.Error
	if errors.As(err, &already) {
		return already
	}
	e := &module.Error{Class: module.Connection, Code: "stripe_unreachable", RetryAfter: k.last.retryAfter,
		Detail: doing + ": Stripe's API did not answer. See whether the setting apiBase is right and the network lets it through", Err: err}
	var said *stripe.Error
	if !errors.As(err, &said) {
		if k.last.status != 0 {
			e.Class, e.Code, e.Err = byStatus(k.last.status), "stripe_answer_unreadable", nil
			e.Detail = doing + ": what answered with status " + strconv.Itoa(k.last.status) + " is not Stripe's API. See the setting apiBase."
		}
		return e
	}
	status := said.HTTPStatusCode
	e.Class, e.Err, e.Code = byStatus(status), nil, string(said.Code)
	if e.Code == "" {
		e.Code = string(said.Type)
	}
	e.Detail = doing + ": Stripe says: " + said.Msg
	switch {
	case status == http.StatusUnauthorized:
		// Stripe's own words repeat a part of the key.
		e.Code, e.Detail = "secret_key_refused", doing+": Stripe does not accept the setting secretKey. Copy the key again from Stripe's dashboard."
	case status == http.StatusForbidden:
		e.Detail = doing + ": the restricted key in the setting secretKey lacks a permission. It needs to write PaymentIntents, SetupIntents, Refunds and Checkout Sessions, and to read Charges."
	case said.Param == "confirmation_token":
		e.Class, e.Code = module.Refused, "token_unusable"
		e.Detail = doing + ": the token that stands for the card is used up or too old; the buyer has to give the card again."
	case refusesSeveral(said):
		e.Class, e.Code = module.Refused, notGranted
	case refusals[said.Code]:
		e.Class = module.Refused
	}
	return e
}

// refusals are the codes with which Stripe says no to what was asked for, rather than to how.
var refusals = map[stripe.ErrorCode]bool{
	"amount_too_large": true, "amount_too_small": true, "payment_intent_unexpected_state": true, "setup_intent_unexpected_state": true,
	"charge_already_captured": true, "charge_already_refunded": true, "charge_not_captured": true, "charge_exceeds_source_limit": true,
	"capture_charge_authorization_expired": true, "charge_expired_for_capture": true, "charge_disputed": true, "resource_missing": true,
	"refund_disputed_payment": true, "insufficient_funds": true,
}

func byStatus(status int) module.Class {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return module.Unauthorized
	case status == http.StatusTooManyRequests:
		return module.RateLimited
	case status == http.StatusConflict, status >= 500:
		return module.Intermittent // 409: a request with the same key is still running
	case status == http.StatusPaymentRequired:
		return module.Refused
	}
	return module.Invalid
}

// declined gives the error with which Stripe tells that a card was refused.
func declined(err error) (*stripe.Error, bool) {
	var said *stripe.Error
	return said, errors.As(err, &said) && said.HTTPStatusCode == http.StatusPaymentRequired
}

// wrong is a setting that has to be mended.
func wrong(format string, arguments ...any) error {
	return &module.Error{Class: module.Invalid, Code: "invalid_setting", Detail: fmt.Sprintf(format, arguments...)}
}
