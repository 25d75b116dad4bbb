package module

import (
	"net/http"
	"time"
)

// Notification is a message of an outside system, as it came.
type Notification struct {
	Header   http.Header
	Body     []byte // at most 1 MiB
	Received time.Time
}

// Event is what a notification says.
type Event struct {
	ID   string // the sender's number of it
	Type string // "payment_intent.succeeded"
	// Payment, if set, names the payment that something happened to. Hanse then asks the gateway what it has, by Payment.Look:
	// what the message itself says is not used, so that a late, doubled or older one does no harm.
	Payment *PaymentLookup
}
