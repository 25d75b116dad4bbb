package fedex

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/money"
)

// charge is what a service costs by one of the account's tariffs.
type charge struct {
	RateType string          `json:"rateType"`
	Total    decimal.Decimal `json:"totalNetCharge"`
	Currency string          `json:"currency"`
	Detail   struct {
		Currency string `json:"currency"`
	} `json:"shipmentRateDetail"`
	Packages packages `json:"ratedPackages"`
}

// packages is what a charge says of its first package. Many charges say nothing of packages, so what cannot be read is as if
// it were not there.
type packages struct {
	rateType string // PAYOR_ACCOUNT_PACKAGE, PREFERRED_LIST_SHIPMENT
	currency string
}

// UnmarshalJSON never fails.
func (p *packages) UnmarshalJSON(raw []byte) error {
	type detail struct {
		RateType string `json:"rateType"`
		Currency string `json:"currency"`
	}
	var all []struct {
		detail
		Detail detail `json:"packageRateDetail"`
	}
	if json.Unmarshal(raw, &all) == nil && len(all) > 0 {
		first := all[0]
		p.rateType = cmp.Or(first.Detail.RateType, first.detail.RateType)
		p.currency = cmp.Or(first.Detail.Currency, first.detail.Currency)
	}
	return nil
}

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
		currency := toISO(cmp.Or(c.Currency, c.Detail.Currency, c.Packages.currency))
		switch {
		case currency == "" || !plausible(c.Total):
			r.strange = append(r.strange, shortened(s.Type, 80))
		case w.currency != "" && currency != w.currency:
			r.foreign = append(r.foreign, currency)
		case !preferred && exact == nil:
			exact = &money.Amount{Number: c.Total, Currency: currency}
		case preferred && converted == nil:
			converted = &money.Amount{Number: c.Total, Currency: currency}
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

// plausible tells whether a charge can be one: nothing is carried for nothing, and a number with thousands of digits would
// only cost time.
func plausible(n decimal.Decimal) bool {
	return n.IsPositive() && n.Exponent() >= -12 && n.Exponent() <= 12 && n.NumDigits() <= 24
}
