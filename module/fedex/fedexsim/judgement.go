package fedexsim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// heaviest is the most that FedEx's express services carry in one package, in kg (150 lb).
var heaviest = decimal.NewFromInt(68)

// kilogramsPerPound turns weights in LB into kg.
var kilogramsPerPound = decimal.RequireFromString("0.45359237")

// judge finds what is wrong with a question, "" if nothing is; the weights are those of the packages in kg.
func (s *Simulator) judge(q *question) (weights []decimal.Decimal, code, message string) {
	if q.Account == nil || q.Account.Value == "" {
		return nil, "ACCOUNT.NUMBER.REQUIRED", "The account number is missing. Please update and try again."
	}
	if q.Account.Value != s.cfg.Account {
		return nil, "ACCOUNT.NUMBER.MISMATCH", "The account number does not belong to the credentials. Please update and try again."
	}
	if q.Shipment == nil {
		return nil, "REQUESTEDSHIPMENT.REQUIRED", "requestedShipment is missing. Please update and try again."
	}
	for _, judge := range []func(*shipment) (string, string){judgeParties, judgeTerms, s.judgeDate} {
		if code, message = judge(q.Shipment); code != "" {
			return nil, code, message
		}
	}
	if weights, code, message = judgePackages(q.Shipment); code == "" {
		code, message = judgeCustoms(q.Shipment)
	}
	return weights, code, message
}

func judgeParties(s *shipment) (code, message string) {
	for i, p := range []*party{s.Shipper, s.Recipient} {
		name := []string{"SHIPPER", "RECIPIENT"}[i]
		switch {
		case p == nil || p.Address == nil:
			return name + ".ADDRESS.REQUIRED", "The address is missing. Please update and try again."
		case !slices.Contains(countries, p.Address.Country):
			return name + ".COUNTRY.INVALID", "The country code is not one of ISO 3166-1. Please update and try again."
		case !goodPostalCode(p.Address.Country, p.Address.PostalCode):
			return name + ".POSTALCODE.INVALID", "The postal code is missing or not one of the country. Please update and try again."
		case p.Address.Region != "" && !slices.Contains([]string{"US", "CA", "PR"}, p.Address.Country):
			return name + ".STATEORPROVINCECODE.INVALID", "The country has no state or province codes. Please update and try again."
		case p.Address.Region != "" && (len(p.Address.Region) != 2 || strings.ToUpper(p.Address.Region) != p.Address.Region):
			return name + ".STATEORPROVINCECODE.INVALID", "The state or province code has two capital letters. Please update and try again."
		case len(p.Address.Street) > 3:
			return name + ".STREETLINES.INVALID", "An address has three lines at most. Please update and try again."
		}
	}
	return "", ""
}

var (
	pickupTypes = []string{"USE_SCHEDULED_PICKUP", "CONTACT_FEDEX_TO_SCHEDULE", "DROPOFF_AT_FEDEX_LOCATION"}
	packagings  = []string{"YOUR_PACKAGING", "FEDEX_BOX", "FEDEX_PAK", "FEDEX_TUBE", "FEDEX_ENVELOPE", "FEDEX_10KG_BOX", "FEDEX_25KG_BOX"}
	rateTypes   = []string{"ACCOUNT", "LIST", "INCENTIVE", "PREFERRED"}
)

func judgeTerms(s *shipment) (code, message string) {
	switch {
	case !slices.Contains(pickupTypes, s.Pickup):
		return "PICKUPTYPE.INVALID", "The pickup type is missing or invalid. Please update and try again."
	case s.Packaging != "" && !slices.Contains(packagings, s.Packaging):
		return "PACKAGINGTYPE.INVALID", "The packaging type is invalid. Please update and try again."
	case len(s.RateTypes) == 0:
		return "RATEREQUESTTYPE.REQUIRED", "The rate request type is missing. Please update and try again."
	case s.Service != "" && !slices.ContainsFunc(services, func(v service) bool { return v.code == s.Service }):
		return "SERVICETYPE.INVALID", "The service type is invalid. Please update and try again."
	case s.Currency != "" && isoOf(s.Currency) == "":
		return "PREFERREDCURRENCY.INVALID", "The preferred currency is invalid. Please update and try again."
	}
	for _, t := range s.RateTypes {
		if !slices.Contains(rateTypes, t) {
			return "RATEREQUESTTYPE.INVALID", "The rate request type is invalid. Please update and try again."
		}
	}
	return "", ""
}

// judgeDate wants a day from today on, by the clock of the shipper's place, to ten days ahead.
func (s *Simulator) judgeDate(q *shipment) (code, message string) {
	if q.Ship == "" {
		return "", ""
	}
	today := s.today(q)
	if _, err := time.Parse(time.DateOnly, q.Ship); err != nil || q.Ship < today.Format(time.DateOnly) || q.Ship > today.AddDate(0, 0, 10).Format(time.DateOnly) {
		return "SHIPDATE.INVALID", "The ship date is no date, lies in the past, or is more than 10 days ahead. Please update and try again."
	}
	return "", ""
}

// hours from UTC of a country's clocks in winter, 1 where it is not named; of those with several the easternmost that many live by.
var hours = map[string]int{"GB": 0, "IE": 0, "PT": 0, "IS": 0, "BG": 2, "EE": 2, "FI": 2, "GR": 2, "LT": 2, "LV": 2, "RO": 2, "US": -5, "CA": -5, "MX": -6,
	"BR": -3, "IN": 5, "SG": 8, "CN": 8, "HK": 8, "TW": 8, "JP": 9, "KR": 9, "AU": 10, "NZ": 12}

// today is the time at the shipper's place.
func (s *Simulator) today(q *shipment) time.Time {
	ahead, named := hours[q.Shipper.Address.Country]
	if !named {
		ahead = 1
	}
	return s.cfg.Clock().UTC().Add(time.Duration(ahead) * time.Hour)
}

func judgePackages(s *shipment) (weights []decimal.Decimal, code, message string) {
	if len(s.Packages) == 0 {
		return nil, "REQUESTEDPACKAGELINEITEMS.REQUIRED", "At least one package is required. Please update and try again."
	}
	if len(s.Packages) > 99 {
		return nil, "REQUESTEDPACKAGELINEITEMS.EXCEEDS.MAXIMUM", "A request has 99 entries for packages at most. Please update and try again."
	}
	for i, p := range s.Packages {
		count := 1
		if p.Count != nil {
			count = *p.Count
		}
		if count < 1 || len(weights)+count > 100 {
			return nil, "GROUPPACKAGECOUNT.INVALID", "A rate request has 1 to 100 packages. Please update and try again."
		}
		if p.Weight == nil || p.Weight.Value == nil || p.Weight.Units != "KG" && p.Weight.Units != "LB" {
			return nil, "PACKAGEWEIGHT.REQUIRED", fmt.Sprintf("Package %d has no weight in KG or LB. Please update and try again.", i+1)
		}
		kg := p.Weight.Value.Decimal
		if p.Weight.Units == "LB" {
			kg = kg.Mul(kilogramsPerPound)
		}
		if !kg.IsPositive() {
			return nil, "PACKAGEWEIGHT.INVALID", fmt.Sprintf("The weight of package %d must be greater than zero. Please update and try again.", i+1)
		}
		if kg.GreaterThan(heaviest) {
			return nil, "PACKAGEWEIGHT.EXCEEDS.MAXIMUM", fmt.Sprintf("Package %d exceeds the maximum weight of 68 kg. Please update and try again.", i+1)
		}
		weights = append(weights, slices.Repeat([]decimal.Decimal{kg}, count)...)
	}
	if s.Count != nil && *s.Count != len(weights) {
		return nil, "TOTALPACKAGECOUNT.MISMATCH", "The total package count is not that of the packages. Please update and try again."
	}
	return weights, "", ""
}

// judgeCustoms wants a value where a border is crossed, except within the European Union's region.
func judgeCustoms(s *shipment) (code, message string) {
	from, to := s.Shipper.Address.Country, s.Recipient.Address.Country
	if s.Customs == nil {
		if from != to && !european(from, to) {
			return "CUSTOMSCLEARANCEDETAIL.REQUIRED", "Commodities are required for shipments that cross a border. Please update and try again."
		}
		return "", ""
	}
	if len(s.Customs.Commodities) == 0 {
		return "COMMODITIES.REQUIRED", "At least one commodity is required. Please update and try again."
	}
	for _, c := range s.Customs.Commodities {
		if c.Value == nil || c.Value.Amount == nil || c.Value.Amount.IsNegative() || isoOf(c.Value.Currency) == "" {
			return "CUSTOMSVALUE.REQUIRED", "The customs value with its currency is missing or invalid. Please update and try again."
		}
		if c.Description == "" || c.Quantity < 1 || c.Weight == nil || c.Weight.Value == nil || !c.Weight.Value.IsPositive() {
			return "COMMODITY.INVALID", "A commodity has a description, a quantity and a weight. Please update and try again."
		}
	}
	return "", ""
}
