package stripe

import (
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/module"
)

// Metadata that goes with an intent, and that its webhooks bring back.
const (
	attemptKey   = "attempt"
	hostedKey    = "hosted"    // the intent belongs to a Checkout Session
	cancelledKey = "cancelled" // the session was expired, or the rest of a payment let go, on request: by which attempt
	captureKey   = "capture-"  // followed by an attempt: what it captured, in coins
)

// metadata names the attempt and its order to people at Stripe's own screens.
func metadata(r module.PaymentRequest) map[string]string {
	m := map[string]string{attemptKey: r.Attempt}
	for name, value := range map[string]string{"order": r.Order.Number, "orderId": r.Order.ID, "customer": r.Order.CustomerNumber,
		"customerName": r.Order.CustomerName, "poNumber": r.Order.PONumber} {
		if value != "" {
			m[name] = string([]rune(value)[:min(500, len([]rune(value)))])
		}
	}
	return m
}

// captured is the metadata that a capture leaves on its intent, written by the same request: a key of at most 40 characters.
func captured(attempt string, coins int64) map[string]string {
	return map[string]string{captureKey + strings.ReplaceAll(attempt, "-", ""): strconv.FormatInt(coins, 10)}
}

// attemptOf reads the key of captured.
func attemptOf(name string) (attempt string, ok bool) {
	hex, ok := strings.CutPrefix(name, captureKey)
	if !ok || len(hex) != 32 {
		return "", false
	}
	return strings.Join([]string{hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:]}, "-"), true
}

// title is what the buyer reads of an order on Stripe's page and statement of payment.
func title(r module.PaymentRequest) string {
	word := "Order"
	if r.Language == "de" {
		word = "Bestellung"
	}
	return strings.TrimSpace(word + " " + r.Order.Number)
}
