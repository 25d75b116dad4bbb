package shipping

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// What an answer may have at most, so that whatever a carrier says can be stored and shown.
const (
	mostServices = 50
	longestCode  = 64  // bytes
	longestName  = 200 // characters
	mostDays     = 365
)

var mostAmount = decimal.New(1, 12)

// sound keeps of an answer what can be offered in a currency: each service once, with an amount that makes sense. An answer of
// which nothing is left is an error; one that was empty is none.
func sound(rates []module.Rate, currency string) (offered []module.Rate, err error) {
	seen := map[string]bool{}
	for _, r := range rates {
		switch {
		case r.Amount.Currency != currency:
			err = fmt.Errorf("its rates are in %.3q and not in %s", r.Amount.Currency, currency)
			continue
		case r.Amount.Number.IsNegative() || r.Amount.Number.GreaterThanOrEqual(mostAmount):
			err = errors.New("its rates are no amounts that anybody would pay")
			continue
		case len(r.Service) > longestCode || printable(r.Service) != r.Service:
			err = errors.New("the codes of its services cannot be read")
			continue
		case seen[r.Service] || len(offered) == mostServices:
			continue
		}
		seen[r.Service] = true
		if name := []rune(printable(r.Name)); len(name) > longestName {
			r.Name = string(name[:longestName])
		} else {
			r.Name = string(name)
		}
		if r.Days < 0 || r.Days > mostDays {
			r.Days = 0
		}
		if year := r.Arrives.Year(); year < 2000 || year > 9999 {
			r.Arrives = time.Time{}
		}
		offered = append(offered, r)
	}
	if len(offered) > 0 {
		err = nil
	}
	return offered, err
}

// printable is a text without what a database or a page would choke on.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}
