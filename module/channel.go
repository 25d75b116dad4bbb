package module

import (
	"log/slog"
	"net/http"
)

// Channel is a configured module, as its methods get it.
type Channel struct {
	ID       string // UUID
	Code     string
	Settings Settings // secrets among them in plain text: they belong into requests, never into errors or logs
	// HTTP is the only way out. Each request is recorded as an exchange, with the secrets of the settings and card data
	// taken out, and ends at the deadline of the call. It follows no redirects. Retries and the circuit breaker are around
	// the method as a whole and no business of the module.
	HTTP *http.Client
	Log  *slog.Logger
	// PublicURL is where the shop is reached from outside, without a trailing slash.
	PublicURL string
}

// WebhookURL is where the outside system sends its messages for this channel. It has the id in it, since organizations may have
// channels of the same code.
func (c *Channel) WebhookURL() string { return c.PublicURL + "/hooks/" + c.ID }
