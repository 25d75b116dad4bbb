package banktransfer

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// checkIBAN verifies form and check digits (ISO 13616, ISO 7064 MOD 97-10). An account number that is not an IBAN cannot be
// checked, and its setting says so.
func checkIBAN(text string) error {
	iban := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if len(iban) < 15 || len(iban) > 34 {
		return fmt.Errorf("the setting iban has %d letters and digits; an IBAN has 15 to 34", len(iban))
	}
	var digits strings.Builder
	for i, c := range iban[4:] + iban[:4] {
		switch letter := c >= 'A' && c <= 'Z'; {
		case c >= '0' && c <= '9' && i != len(iban)-4 && i != len(iban)-3:
			digits.WriteRune(c)
		case letter && i < len(iban)-2:
			fmt.Fprintf(&digits, "%d", c-'A'+10)
		default:
			return errors.New("the setting iban is no IBAN: two letters, two digits, then letters and digits")
		}
	}
	number, _ := new(big.Int).SetString(digits.String(), 10) // digits alone
	if new(big.Int).Mod(number, big.NewInt(97)).Int64() != 1 {
		return errors.New("the check digits of the setting iban do not fit; compare it with a statement of the account")
	}
	return nil
}
