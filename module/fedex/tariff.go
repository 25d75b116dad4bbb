package fedex

import (
	"cmp"
	"strings"

	"github.com/hanse-commerce/hanse/money"
)

// tariff tells by which tariff a charge is, ACCOUNT or LIST, and whether it was converted to the preferred currency; "" is one
// of neither, or PREFERRED alone, which does not say. The names of converted charges do not have the tariff in them: where
// FedEx rates the packages too, PREFERRED_CURRENCY has PREFERRED_ACCOUNT_PACKAGE and PREFERRED_INCENTIVE has PREFERRED_LIST_PACKAGE.
func (c charge) tariff() (name string, converted bool) {
	converted = strings.HasPrefix(c.RateType, "PREFERRED")
	switch {
	case c.RateType == "ACCOUNT", c.RateType == "LIST":
		return c.RateType, false
	case !converted:
		return "", false
	case strings.Contains(c.Packages.rateType, "LIST"):
		return "LIST", true
	case strings.Contains(c.Packages.rateType, "ACCOUNT"):
		return "ACCOUNT", true
	case c.RateType == "PREFERRED_CURRENCY":
		return "ACCOUNT", true
	case c.RateType == "PREFERRED_INCENTIVE":
		return "LIST", true
	}
	return "", true
}

// choose finds the charge of the wished tariff in the wished currency: as FedEx has it, else as FedEx converted it.
func (r *read) choose(s service, w wish) (money.Amount, bool) {
	var exact, converted *money.Amount
	for _, c := range s.Charges {
		tariff, preferred := c.tariff()
		if tariff == "" && preferred && s.saysNoOther(w.rateType) {
			tariff = w.rateType
		}
		if tariff != w.rateType {
			continue
		}
		amount, currency := c.untaxed(), toISO(cmp.Or(c.Currency, c.Detail.Currency, c.Packages.currency))
		switch {
		case currency == "" || !plausible(amount):
			r.strange = append(r.strange, shortened(s.Type, 80))
		case w.currency != "" && currency != w.currency:
			r.foreign = append(r.foreign, currency)
		case !preferred && exact == nil:
			exact = &money.Amount{Number: amount, Currency: currency}
		case preferred && converted == nil:
			converted = &money.Amount{Number: amount, Currency: currency}
		}
	}
	if found := cmp.Or(exact, converted); found != nil {
		return *found, true
	}
	return money.Amount{}, false
}

// saysNoOther tells that a charge which is PREFERRED and no more can only be of the wished tariff: it is the only converted one,
// and none is of another tariff.
func (s service) saysNoOther(wished string) bool {
	converted := 0
	for _, c := range s.Charges {
		tariff, preferred := c.tariff()
		if preferred {
			converted++
		}
		if tariff != "" && tariff != wished {
			return false
		}
	}
	return converted == 1
}
