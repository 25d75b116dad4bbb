package payment

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

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

// cardNumber finds a number of 13 to 19 digits in a text, grouped or not, the last of which checks the others (ISO/IEC 7812-1
// annex B). Digits within a word, such as those of a gateway's own ids, are none.
func cardNumber(text string) bool {
	for _, run := range runs.FindAllStringSubmatchIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:run[2]])
		after, _ := utf8.DecodeRuneInString(text[run[3]:])
		if word(before) || word(after) {
			continue
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text[run[2]:run[3]])
		if len(digits) >= 13 && len(digits) <= 19 && checked(digits) {
			return true
		}
	}
	return false
}

// runs are digits that are parted by at most one sign or space.
var runs = regexp.MustCompile(`([0-9](?:[\s\x{a0}.\-+]?[0-9])*)`)

func word(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func checked(digits string) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
