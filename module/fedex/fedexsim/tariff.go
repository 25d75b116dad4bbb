package fedexsim

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Shipment is what a tariff needs to know.
type Shipment struct {
	FromCountry, FromPostalCode string // ISO 3166-1 alpha-2
	ToCountry, ToPostalCode     string
	Weights                     []decimal.Decimal // kg, one a package
}

// Rate is what a service costs, in EUR; see In for other currencies.
type Rate struct {
	Service, Name string
	List          decimal.Decimal // for everybody
	Account       decimal.Decimal // for the account: three tenths less
	Days          int             // business days in transit
	TaxPercent    int64           // that FedEx would bill to the shipper on top of either
}

// service is a product with the factor by which it costs more or less than another.
type service struct {
	code, name string
	percent    int64
	days       [zones]int
	serves     func(from, to string) bool
}

// zones are how far apart two places are: 0 near in one country, 1 in one part of a country, 2 across it, 3 a neighbouring
// country of the same region of the world, 4 between Europe and North America, 5 elsewhere.
const zones = 6

var (
	// start is what a package costs in a zone, each what every half kilogram adds, in cents.
	start = [zones]int64{590, 690, 850, 1290, 3450, 4200}
	each  = [zones]int64{28, 35, 48, 62, 245, 310}

	europe  = strings.Fields("AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK")
	america = []string{"US", "CA", "MX"}
	// unserved are countries that nothing goes to.
	unserved = []string{"CU", "IR", "KP", "SY"}
)

func domestic(from, to string) bool { return from == to }
func abroad(from, to string) bool   { return from != to }
func american(from, to string) bool { return from == to && (from == "US" || from == "CA") }
func european(from, to string) bool {
	return slices.Contains(europe, from) && slices.Contains(europe, to)
}

var services = []service{
	{"FEDEX_INTERNATIONAL_PRIORITY", "FedEx International Priority®", 165, [zones]int{1, 1, 1, 1, 2, 3}, abroad},
	{"INTERNATIONAL_ECONOMY", "FedEx International Economy®", 130, [zones]int{2, 2, 3, 3, 5, 6}, abroad},
	{"FEDEX_REGIONAL_ECONOMY", "FedEx Regional Economy®", 100, [zones]int{1, 2, 2, 4, 0, 0}, european},
	{"FEDEX_PRIORITY", "FedEx Priority®", 140, [zones]int{1, 1, 1, 1, 2, 3}, func(from, to string) bool { return domestic(from, to) && !american(from, to) }},
	{"PRIORITY_OVERNIGHT", "FedEx Priority Overnight®", 240, [zones]int{1, 1, 1, 0, 0, 0}, american},
	{"FEDEX_GROUND", "FedEx Ground®", 90, [zones]int{1, 3, 5, 0, 0, 0}, american},
}

// Rates are what the simulator quotes: for each package the zone's start and so much for each half kilogram that is begun,
// times the service's percentage, and on the sum a fuel surcharge of an eighth, rounded to cents; the account pays 70 % of
// that, rounded again. Neither has tax in it. There are none where nothing goes.
func Rates(s Shipment) []Rate {
	if slices.Contains(unserved, s.FromCountry) || slices.Contains(unserved, s.ToCountry) {
		return nil
	}
	z := zone(s)
	var cents decimal.Decimal
	for _, kg := range s.Weights {
		halves := kg.Mul(decimal.NewFromInt(2)).Ceil()
		cents = cents.Add(decimal.NewFromInt(start[z])).Add(halves.Mul(decimal.NewFromInt(each[z])))
	}
	var rates []Rate
	for _, v := range services {
		if !v.serves(s.FromCountry, s.ToCountry) {
			continue
		}
		list := cents.Mul(decimal.NewFromInt(v.percent)).Mul(decimal.RequireFromString("1.125")).Shift(-4).Round(2)
		rates = append(rates, Rate{Service: v.code, Name: v.name, List: list, Account: list.Mul(decimal.RequireFromString("0.7")).Round(2), Days: v.days[z],
			TaxPercent: taxPercent(s.FromCountry, s.ToCountry)})
	}
	return rates
}

// taxPercent is the tax on carriage within Europe and within Canada; what goes elsewhere bears none.
func taxPercent(from, to string) int64 {
	if european(from, to) || from == "CA" && to == "CA" {
		return 20
	}
	return 0
}

// Find is the rate of one service among those of Rates.
func Find(s Shipment, service string) (Rate, bool) {
	for _, r := range Rates(s) {
		if r.Service == service {
			return r, true
		}
	}
	return Rate{}, false
}

func zone(s Shipment) int {
	from, to := s.FromPostalCode, s.ToPostalCode
	switch {
	case s.FromCountry == s.ToCountry && head(from, 2) == head(to, 2):
		return 0
	case s.FromCountry == s.ToCountry && head(from, 1) == head(to, 1):
		return 1
	case s.FromCountry == s.ToCountry:
		return 2
	case european(s.FromCountry, s.ToCountry), slices.Contains(america, s.FromCountry) && slices.Contains(america, s.ToCountry):
		return 3
	case slices.Contains(europe, s.FromCountry) && slices.Contains(america, s.ToCountry),
		slices.Contains(america, s.FromCountry) && slices.Contains(europe, s.ToCountry):
		return 4
	}
	return 5
}

func head(s string, n int) string { return s[:min(n, len(s))] }

// perEuro are the simulator's rates of exchange, by ISO code.
var perEuro = map[string]string{"EUR": "1", "USD": "1.10", "GBP": "0.85", "CHF": "0.95", "PLN": "4.30", "SEK": "11.20", "DKK": "7.46", "CAD": "1.50"}

// In is an amount of EUR in another currency, rounded to cents; false for a currency that the simulator does not trade.
func In(currency string, euros decimal.Decimal) (decimal.Decimal, bool) {
	per, ok := perEuro[currency]
	if !ok {
		return decimal.Decimal{}, false
	}
	return euros.Mul(decimal.RequireFromString(per)).Round(2), true
}
