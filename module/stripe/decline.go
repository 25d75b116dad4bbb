package stripe

import "github.com/stripe/stripe-go/v85"

// reason is why a card was not taken, in Hanse's words, of Stripe's code and decline_code
// (docs.stripe.com/declines/codes).
func reason(e *stripe.Error) string {
	switch e.Code {
	case stripe.ErrorCodePaymentIntentAuthenticationFailure, stripe.ErrorCodeSetupIntentAuthenticationFailure, stripe.ErrorCodeAuthenticationRequired:
		return "authentication_failed"
	case stripe.ErrorCodeExpiredCard:
		return "expired_card"
	}
	switch e.DeclineCode {
	case stripe.DeclineCodeAuthenticationRequired:
		return "authentication_failed"
	case stripe.DeclineCodeInsufficientFunds:
		return "insufficient_funds"
	case stripe.DeclineCodeExpiredCard:
		return "expired_card"
	}
	if e.Type == stripe.ErrorTypeCard {
		return "declined"
	}
	return "refused"
}

// brands are how people know cards.
var brands = map[string]string{"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover",
	"diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay", "cartes_bancaires": "Cartes Bancaires", "eftpos_au": "eftpos"}

// instrument names a card: "Visa •••• 4242".
func instrument(brand, last4 string) string {
	name, ok := brands[brand]
	if !ok {
		name = "Card"
	}
	if last4 == "" {
		return name
	}
	return name + " •••• " + last4
}

func instrumentOf(m *stripe.PaymentMethod) string {
	if m == nil || m.Card == nil {
		return ""
	}
	return instrument(string(m.Card.Brand), m.Card.Last4)
}
