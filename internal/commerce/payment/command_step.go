package payment

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
)

// authorizeStep begins another attempt. That before must be over, and nothing of it may be left at the gateway.
func authorizeStep(b *book, call *command.Call) (*step, error) {
	if err := CheckToken("token", call.Value("token")); err != nil {
		return nil, err
	}
	switch {
	case !b.status.Over():
		return nil, command.Refuse(CodeAlreadyAuthorized, "", "The payment is %s; only one that failed, expired or was cancelled can be tried again.", b.status)
	case !b.online && call.Caller.Side == access.Storefront: // credit and blocks are looked at when an order is placed
		return nil, command.Refuse(CodeNotYours, "", "The seller stopped this payment; only the seller can put the order back on account.")
	case b.orderStatus == "cancelled":
		return nil, command.Refuse(CodeOrderCancelled, "", "The order is cancelled; place a new one.")
	case b.captured.GreaterThan(b.refunded) || b.cancelling(b.attempt) != nil:
		return nil, command.Refuse(CodeMoneyOnItsWayBack, "", "Money of the attempt before is on its way back; try again when it has arrived.")
	}
	if b.online {
		if err := addressed(call); err != nil {
			return nil, err
		}
	}
	s := b.add(module.Authorize, b.amount, "", "", asking{token: call.Value("token"), returnURL: call.Value("returnUrl"),
		cancelURL: call.Value("cancelUrl"), language: call.Caller.Language})
	b.attempt, b.word, b.asked = s.id, module.PaymentPending, nil
	b.status, b.code, b.message, b.reference, b.nextURL, b.captureBefore = Pending, "", "", "", "", nil
	b.authorized, b.captured, b.refunded = decimal.Zero, decimal.Zero, decimal.Zero
	return s, nil
}

// captureStep takes what is authorized and neither taken nor asked for.
func captureStep(b *book, call *command.Call) (*step, error) {
	left := b.takable()
	switch {
	case !b.reserved() || !left.IsPositive():
		return nil, command.Refuse(CodeNotAuthorized, "", "The payment is %s: nothing is reserved that could be taken.", b.status)
	case b.cancelling(b.attempt) != nil:
		return nil, command.Refuse(CodeCancelling, "", "The payment is being cancelled.")
	}
	amount, err := b.amountOf(call, left)
	if err != nil {
		return nil, err
	}
	if amount.GreaterThan(left) {
		return nil, command.Refuse(CodeAmountTooHigh, "amount", "%s are more than the %s that are reserved and not yet taken.", b.say(amount), b.say(left))
	}
	return b.add(module.Capture, amount, b.attempt, "", asking{final: call.Value("final") == "true"}), nil
}

// cancelStep lets go of what is reserved, or stops a payment that waits.
func cancelStep(b *book, _ *command.Call) (*step, error) {
	if s := b.cancelling(b.attempt); s != nil {
		return s, nil // a double click
	}
	if _, n := b.pending(module.Capture); n > 0 && !b.takable().IsPositive() {
		return nil, command.Refuse(CodeNothingToCancel, "", "All that is reserved is being taken.")
	}
	s := b.letGo("")
	if s == nil {
		return nil, command.Refuse(CodeNothingToCancel, "", "The payment is %s: nothing is reserved, and nothing waits.", b.status)
	}
	return s, nil
}

// letGo cancels what can be cancelled; nil if there is nothing.
func (b *book) letGo(reason string) *step {
	attempt := b.find(b.attempt)
	switch {
	case attempt == nil || b.cancelling(b.attempt) != nil:
		return nil
	case b.status.Waiting():
		return b.abandon(attempt, or(reason, "cancelled"))
	case b.reserved():
		return b.add(module.Cancel, decimal.Zero, b.attempt, reason, asking{})
	}
	return nil
}

// refundStep gives back what was taken and neither given back nor asked to be.
func refundStep(b *book, call *command.Call) (*step, error) {
	left := b.returnable(b.attempt, b.captured, b.refunded)
	if !left.IsPositive() {
		return nil, command.Refuse(CodeNothingToRefund, "", "Of the payment %s were taken, and nothing is left to be given back.", b.say(b.captured))
	}
	amount, err := b.amountOf(call, left)
	if err != nil {
		return nil, err
	}
	if amount.GreaterThan(left) {
		return nil, command.Refuse(CodeAmountTooHigh, "amount", "%s are more than the %s that were taken and not given back.", b.say(amount), b.say(left))
	}
	return b.add(module.Refund, amount, b.attempt, call.Value("reason"), asking{}), nil
}
