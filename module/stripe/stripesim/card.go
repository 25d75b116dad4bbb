package stripesim

import (
	"strings"
	"time"
)

// card is what is kept of a card: never its number.
type card struct {
	brand, last4      string
	expMonth, expYear int
	decline           verdict // what a charge of it comes to
	challenged        bool    // the holder has to authenticate
	refundFails       bool
	multicapture      bool
}

// verdict is a decline: code and decline_code of docs.stripe.com/declines/codes; the zero verdict is none.
type verdict struct{ code, decline, message string }

var (
	declined     = verdict{"card_declined", "generic_decline", "Your card was declined."}
	insufficient = verdict{"card_declined", "insufficient_funds", "Your card has insufficient funds."}
	lost         = verdict{"card_declined", "lost_card", "Your card was declined."}
	stolen       = verdict{"card_declined", "stolen_card", "Your card was declined."}
	expired      = verdict{"expired_card", "", "Your card has expired."}
	wrongCVC     = verdict{"incorrect_cvc", "", "Your card's security code is incorrect."}
	processing   = verdict{"processing_error", "", "An error occurred while processing your card. Try again in a little bit."}
	notForTest   = verdict{"card_declined", "test_mode_live_card",
		"Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://docs.stripe.com/testing."}
)

// numbers are test numbers of docs.stripe.com/testing; any other is declined as a live card is in test mode.
var numbers = map[string]card{
	"4242424242424242": {brand: "visa", multicapture: true},
	"4000056655665556": {brand: "visa", multicapture: true},
	"5555555555554444": {brand: "mastercard", multicapture: true},
	"378282246310005":  {brand: "amex", multicapture: true},
	"6011111111111117": {brand: "discover", multicapture: true},
	"3056930009020004": {brand: "diners", multicapture: true},
	"3566002020360505": {brand: "jcb"},      // in parts in the United States, Canada, Australia and New Zealand alone;
	"6200000000000005": {brand: "unionpay"}, // in the United States alone: this account is a German one
	"4000002500001001": {brand: "visa", multicapture: true},
	"4000008400000076": {brand: "visa"}, // test card without captures in parts
	"4000002500003155": {brand: "visa", challenged: true, multicapture: true},
	"4000002760003184": {brand: "visa", challenged: true, multicapture: true},
	"4000000000003220": {brand: "visa", challenged: true, multicapture: true},
	"4000000000003063": {brand: "visa", challenged: true, multicapture: true},
	"4000008400001629": {brand: "visa", challenged: true, decline: declined},
	"4000008260003178": {brand: "visa", challenged: true, decline: insufficient},
	"4000000000000002": {brand: "visa", decline: declined},
	"4000000000009995": {brand: "visa", decline: insufficient},
	"4000000000009987": {brand: "visa", decline: lost},
	"4000000000009979": {brand: "visa", decline: stolen},
	"4000000000000069": {brand: "visa", decline: expired},
	"4000000000000127": {brand: "visa", decline: wrongCVC},
	"4000000000000119": {brand: "visa", decline: processing},
	"4000000000005126": {brand: "visa", refundFails: true, multicapture: true},
}

// names are the test payment methods that stand for numbers.
var names = map[string]string{
	"pm_card_visa": "4242424242424242", "pm_card_visa_debit": "4000056655665556", "pm_card_mastercard": "5555555555554444",
	"pm_card_amex": "378282246310005", "pm_card_discover": "6011111111111117", "pm_card_diners": "3056930009020004",
	"pm_card_jcb":      "3566002020360505",
	"pm_card_unionpay": "6200000000000005", "pm_card_visa_cartesBancaires": "4000002500001001",
	"pm_card_credit_disableEnterpriseCardFeatures": "4000008400000076",
	"pm_card_authenticationRequired":               "4000002760003184", "pm_card_threeDSecure2Required": "4000000000003220",
	"pm_card_threeDSecureRequired": "4000000000003063", "pm_card_threeDSecureRequiredChargeDeclined": "4000008400001629",
	"pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
	"pm_card_chargeDeclined": "4000000000000002", "pm_card_visa_chargeDeclined": "4000000000000002",
	"pm_card_chargeDeclinedInsufficientFunds": "4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
	"pm_card_visa_chargeDeclinedLostCard": "4000000000009987", "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
	"pm_card_chargeDeclinedExpiredCard": "4000000000000069", "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
	"pm_card_chargeDeclinedProcessingError": "4000000000000119", "pm_card_refundFail": "4000000000005126",
}

// typed is a card as a person types it into a page.
type typed struct{ number, month, year, cvc string }

// take checks what was typed and keeps what may be kept.
func (t typed) take(now time.Time) (card, *fault) {
	number := strings.NewReplacer(" ", "", "-", "").Replace(t.number)
	if !luhn(number) {
		return card{}, wrong("incorrect_number", "number", "Your card number is incorrect.")
	}
	month, year := digits(t.month), digits(t.year)
	if year < 100 {
		year += 2000
	}
	if month < 1 || month > 12 {
		return card{}, wrong("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.")
	}
	if year < now.Year() || year == now.Year() && month < int(now.Month()) || year > now.Year()+50 {
		return card{}, wrong("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.")
	}
	if c := strings.TrimSpace(t.cvc); len(c) < 3 || len(c) > 4 || digits(c) < 0 {
		return card{}, wrong("invalid_cvc", "cvc", "Your card's security code is invalid.")
	}
	c, known := numbers[number]
	if !known {
		c = card{brand: "unknown", decline: notForTest}
	}
	c.last4, c.expMonth, c.expYear = number[len(number)-4:], month, year
	return c, nil
}

// named is the card that a test payment method stands for.
func named(name string, now time.Time) (card, bool) {
	number, ok := names[name]
	if !ok {
		return card{}, false
	}
	c := numbers[number]
	c.last4, c.expMonth, c.expYear = number[len(number)-4:], 12, now.Year()+2
	return c, true
}

func wrong(code, parameter, message string) *fault {
	return &fault{status: 402, kind: "card_error", code: code, parameter: parameter, message: message}
}

// luhn checks the check digit of a number of 12 to 19 digits (ISO/IEC 7812-1).
func luhn(number string) bool {
	if len(number) < 12 || len(number) > 19 {
		return false
	}
	sum := 0
	for i := range number {
		d := int(number[len(number)-1-i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// digits reads a number of digits alone, or gives -1.
func digits(s string) int {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 9 {
		return -1
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	return n
}
