package payment

import (
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// Status is how far a payment has come.
type Status string

// The statuses of a payment. What was taken and given back stands in its amounts.
const (
	Pending        Status = "pending"        // the gateway has not answered yet, or waits for the buyer
	RequiresAction Status = "requiresAction" // the buyer has to go to the payment's nextUrl
	Authorized     Status = "authorized"     // money is reserved
	PartlyCaptured Status = "partlyCaptured" // a part was taken and perhaps given back, the rest is still reserved
	Captured       Status = "captured"       // nothing is reserved any more
	PartlyRefunded Status = "partlyRefunded" // a part of what was taken was given back
	Refunded       Status = "refunded"       // all that was taken was given back
	Voided         Status = "voided"         // cancelled before anything was taken
	Expired        Status = "expired"        // nobody took what was reserved in time
	Failed         Status = "failed"         // refused; code and message say why
)

var statuses = []string{string(Pending), string(RequiresAction), string(Authorized), string(PartlyCaptured), string(Captured),
	string(PartlyRefunded), string(Refunded), string(Voided), string(Expired), string(Failed)}

// Waiting tells that it is not known yet whether there will be money.
func (s Status) Waiting() bool { return s == Pending || s == RequiresAction }

// Over tells that no money came of it. Should some arrive all the same it is sent back.
func (s Status) Over() bool { return s == Voided || s == Expired || s == Failed }

// Reserved tells that there is money which can still be taken.
func (s Status) Reserved() bool { return s == Authorized || s == PartlyCaptured }

// money tells that there is money, or was.
func (s Status) money() bool {
	return s.Reserved() || s == Captured || s == PartlyRefunded || s == Refunded
}

// statusOf is what the gateway's word and the sums so far mean together. What was given back does not hide a rest that is still
// reserved: on account that is still owed.
func statusOf(word module.PaymentStatus, captured, refunded decimal.Decimal) Status {
	switch {
	case captured.IsPositive() && word == module.PaymentAuthorized:
		return PartlyCaptured
	case refunded.IsPositive() && refunded.GreaterThanOrEqual(captured):
		return Refunded
	case refunded.IsPositive():
		return PartlyRefunded
	case captured.IsPositive():
		return Captured
	}
	switch word {
	case module.PaymentRequiresAction:
		return RequiresAction
	case module.PaymentAuthorized:
		return Authorized
	case module.PaymentVoided, module.PaymentCaptured: // of nothing
		return Voided
	case module.PaymentExpired:
		return Expired
	case module.PaymentFailed:
		return Failed
	}
	return Pending
}
