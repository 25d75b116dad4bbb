package fedex

import (
	"cmp"
	"encoding/json"

	"github.com/shopspring/decimal"
)

// charge is what a service costs by one of the account's tariffs.
type charge struct {
	RateType string           `json:"rateType"`
	Net      *decimal.Decimal `json:"totalNetFedExCharge"` // freight and surcharges, without taxes
	Total    decimal.Decimal  `json:"totalNetCharge"`      // with the taxes that FedEx would bill
	VAT      *decimal.Decimal `json:"totalVatCharge"`
	Currency string           `json:"currency"`
	Detail   struct {
		Currency string `json:"currency"`
		Taxes    taxes  `json:"taxes"`
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

// taxes are the sum of those that FedEx lists. Most charges list none, so what cannot be read is as if it were not there.
type taxes struct{ sum decimal.Decimal }

// UnmarshalJSON never fails.
func (t *taxes) UnmarshalJSON(raw []byte) error {
	var all []struct {
		Amount decimal.Decimal `json:"amount"`
	}
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	for _, tax := range all {
		if plausible(tax.Amount) {
			t.sum = t.sum.Add(tax.Amount)
		}
	}
	return nil
}

// untaxed is what FedEx takes without taxes: those of its own bill to the shop are no part of what a buyer pays, whose tax is
// found by the shop's rules.
func (c charge) untaxed() decimal.Decimal {
	switch {
	case c.Net != nil && plausible(*c.Net):
		return *c.Net
	case !plausible(c.Total):
		return c.Total
	case c.Detail.Taxes.sum.IsPositive():
		return c.Total.Sub(c.Detail.Taxes.sum)
	case c.VAT != nil && plausible(*c.VAT):
		return c.Total.Sub(*c.VAT)
	}
	return c.Total
}

// plausible tells whether a charge can be one: nothing is carried for nothing, and a number with thousands of digits would
// only cost time.
func plausible(n decimal.Decimal) bool {
	return n.IsPositive() && n.Exponent() >= -12 && n.Exponent() <= 12 && n.NumDigits() <= 24
}
