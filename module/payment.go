package module

import (
	"time"

	"github.com/hanse-commerce/hanse/money"
)

// PaymentTraits tell how a way of paying works.
type PaymentTraits struct {
	// Online: a gateway decides, and an order waits for its answer. Otherwise the order stands at once, and Pay, which then
	// asks nobody, notes what staff says about the money.
	Online bool
	// OnAccount: it needs a payment term that is agreed with the customer, and counts against his credit.
	OnAccount bool
	// Capture says when the money of an authorization is taken: AtOrder, AtShipment or ByHand.
	Capture CaptureTime
	// Validates: Pay can check a card without a charge.
	Validates bool
}

// CaptureTime is when money is taken.
type CaptureTime string

// The capture times.
const (
	AtOrder    CaptureTime = "order"
	AtShipment CaptureTime = "shipment"
	ByHand     CaptureTime = "manual"
)

// PaymentQuestion is the payment that a form is for.
type PaymentQuestion struct {
	Amount   money.Amount
	Language string // ISO 639-1
	Validate bool   // a card is only checked
}

// PaymentForm is what the payment step shows. Card data goes from the buyer's browser to the gateway and never to Hanse; what
// Hanse gets is a token.
type PaymentForm struct {
	// Script is the gateway's own script, "" if it has none. The page loads it beside Hanse's own payment script, which
	// mounts the element that Script brings and puts its token into the form.
	Script string
	// Element names the way Hanse's payment script speaks to Script: "stripe".
	Element string
	// Options are handed to that script: publishable key, amount in the smallest coin, currency, locale.
	Options map[string]string
	// Sources are the origins that the page may load scripts and frames from, connect to and be sent on to, such as
	// https://js.stripe.com: the content security policy opens for them on this page alone.
	Sources []string
	// Hosted: without a token Pay gives a page of the gateway's to go to.
	Hosted bool
}

// PaymentAction is a step of a payment.
type PaymentAction string

// The actions.
const (
	Validate  PaymentAction = "validate"  // check a card without a charge
	Authorize PaymentAction = "authorize" // reserve money; with Traits.Capture AtOrder take it at once
	Capture   PaymentAction = "capture"   // take reserved money, or a part of it
	Cancel    PaymentAction = "cancel"    // let go of what is reserved and not taken
	Refund    PaymentAction = "refund"    // give money back
)

// PaymentRequest is one step that is asked for.
type PaymentRequest struct {
	Action PaymentAction
	// Attempt is the UUID of the payment transaction: the key by which the gateway knows a repeated request. It goes with
	// the payment to the gateway as metadata (attempt), so that a webhook tells whose it is even before Pay has returned.
	Attempt string
	// Reference is the gateway's number of the payment that an earlier step gave; "" for Validate and Authorize.
	Reference string
	Amount    money.Amount // nothing for Validate and Cancel
	// Final says of a capture that none will follow.
	Final bool
	// Token stands for the card that the buyer gave to the gateway; "" asks for the gateway's own page.
	Token string
	// ReturnURL is where the gateway sends the buyer back to; it has a query already or none.
	ReturnURL string
	// CancelURL is where the gateway's own page sends a buyer who does not want to pay.
	CancelURL string
	Language  string
	Order     PaymentOrder
}

// PaymentOrder is what is paid, for people who look at the gateway's own screens.
type PaymentOrder struct {
	ID, Number, PONumber         string
	CustomerNumber, CustomerName string
	Email                        string
}

// PaymentLookup names a payment to the gateway: by its own number or, where Pay's answer was lost, by the attempt.
type PaymentLookup struct{ Reference, Attempt string }

// PaymentStatus is how far the gateway has come.
type PaymentStatus string

// The statuses. What was captured and refunded is told by the amounts beside them.
const (
	PaymentPending        PaymentStatus = "pending"        // the gateway works on it, or waits for the buyer on its page
	PaymentRequiresAction PaymentStatus = "requiresAction" // the buyer has to go to NextURL
	PaymentAuthorized     PaymentStatus = "authorized"     // money is reserved, perhaps partly taken
	PaymentCaptured       PaymentStatus = "captured"       // nothing is reserved any more; Captured was taken
	PaymentVoided         PaymentStatus = "voided"         // cancelled before anything was taken
	PaymentExpired        PaymentStatus = "expired"        // nobody took it in time
	PaymentFailed         PaymentStatus = "failed"         // refused: see Code
	PaymentValidated      PaymentStatus = "validated"      // the card is good; nothing was reserved
)

// PaymentState is all that the gateway has of a payment, not what changed: told late, twice or out of order it still means
// the same.
type PaymentState struct {
	Status    PaymentStatus
	Reference string // the gateway's number of the payment
	// Step is the gateway's number of the step that was asked for, unique among all: that of the refund, or of the
	// authorization; "" where it has none.
	Step string
	// Attempt is the attempt that began the payment, from the metadata; "" if there is none.
	Attempt                        string
	Authorized, Captured, Refunded money.Amount // sums so far; Authorized does not shrink when a part is captured
	CaptureBefore                  time.Time    // zero if the gateway does not say
	// CapturesOnce says of an authorized payment that its first capture lets go of the rest, so that it is taken when the last
	// of the order leaves.
	CapturesOnce bool
	NextURL      string
	Instrument   string // for people, without card data: "Visa •••• 4242"
	// Code is why it failed, of: declined, insufficient_funds, expired_card, authentication_failed, abandoned, refused.
	Code    string
	Message string // what the gateway said
	// Done are the steps the gateway knows of, for webhooks that tell of a refund or capture made at the gateway's own
	// screens; may be nil.
	Done []PaymentStep
}

// PaymentStep is one step that the gateway has on its books.
type PaymentStep struct {
	Action  PaymentAction
	Step    string // the gateway's number of it
	Attempt string // from its metadata, "" if it was made elsewhere
	Amount  money.Amount
	Failed  bool
}
