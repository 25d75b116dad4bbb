package module

import "context"

// Beside Module a module fulfils those of the following that its system has; files are told by DocumentReader, DocumentWriter
// and Confirmer in document.go. Each method acts for one Channel, keeps nothing of its own between calls but what can be got
// again (such as an access token), and is called from several goroutines at once.

// Payment is a module that moves money. Hanse owns the state of each payment and the ledger of its steps; the module asks the
// gateway and tells what the gateway has.
type Payment interface {
	// PaymentTraits tells how the channel works. It asks nobody.
	PaymentTraits(s Settings) PaymentTraits
	// PaymentForm is what the payment step of a checkout needs to take a card. It asks nobody.
	PaymentForm(s Settings, q PaymentQuestion) PaymentForm
	// Pay does one step. It is called again with the same Attempt when it is not known what became of it, and must then not
	// do it twice. A refusal of the gateway is a state that is Failed, no error; an error says that it is not known, or known
	// that nothing was done (see Error).
	Pay(ctx context.Context, c *Channel, r PaymentRequest) (*PaymentState, error)
	// Look asks the gateway what it has, and changes nothing.
	Look(ctx context.Context, c *Channel, l PaymentLookup) (*PaymentState, error)
}

// Shipping is a module that knows what a carrier takes for parcels.
type Shipping interface {
	// ShippingTraits tells how the channel works. It asks nobody.
	ShippingTraits(s Settings) ShippingTraits
	// Rates are the services that the carrier offers for the parcels, with prices; none is no error.
	Rates(ctx context.Context, c *Channel, r RateRequest) ([]Rate, error)
	// TrackingURL is where the carrier shows where a parcel is, "" if it has no such page.
	TrackingURL(s Settings, number string) string
}

// Webhook is a module whose system calls Hanse, at Channel.WebhookURL.
type Webhook interface {
	// Receive verifies who sent the message and tells what it is about. It asks nobody. An *Error of class Refused is answered
	// with 400 and its Detail and has no effect; one of another class, such as Invalid where a setting is wrong, with 503 and
	// none of its words. The same ID again has no effect either.
	Receive(c *Channel, n Notification) (Event, error)
}

// Checker is a module that can try out a channel: "test connection".
type Checker interface {
	// Checks are tried in order; behind the first that fails the others are left out.
	Checks() []Check
}

// Check is one thing that has to be so for a channel to work.
type Check struct {
	Name string // a short sentence: "The secret key is accepted"
	// Run gives nil if it is so, else what is wrong and which setting to mend, in words.
	Run func(ctx context.Context, c *Channel) error
}
