package payment

import (
	"github.com/hanse-commerce/hanse/internal/command"
)

// CheckToken refuses a card number that stands where the gateway's word for it belongs: card data must never come here, not
// even for a moment. Field is the input's name.
func CheckToken(field, token string) error {
	if !cardNumber(token) {
		return nil
	}
	return command.Refuse("card_number", field, "This looks like a card number. Card data goes from the buyer's browser to the gateway alone; "+
		"send the token that the gateway gives for it.")
}

// cardNumber tells a text of 12 to 19 digits, grouped or not, the last of which checks the others (ISO/IEC 7812-1 annex B).
func cardNumber(text string) bool {
	sum, digits := 0, 0
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			d := int(c - '0')
			if digits%2 == 1 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
			digits++
		case c != ' ' && c != '-':
			return false
		}
	}
	return digits >= 12 && digits <= 19 && sum%10 == 0
}
