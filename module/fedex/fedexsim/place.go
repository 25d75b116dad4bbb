package fedexsim

import (
	"regexp"
	"slices"
	"strings"
)

// countries are the codes of ISO 3166-1 alpha-2.
var countries = strings.Fields(`AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI
GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK
LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH
PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`)

// postalCodes are the forms of postal codes by country; otherPostalCode is that of countries not named, some of which have
// none.
var (
	postalCodes = map[string]*regexp.Regexp{
		"US": regexp.MustCompile(`^\d{5}(-?\d{4})?$`),
		"CA": regexp.MustCompile(`^[A-Z]\d[A-Z] ?\d[A-Z]\d$`),
		"GB": regexp.MustCompile(`^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$`),
		"NL": regexp.MustCompile(`^\d{4} ?[A-Z]{2}$`),
		"PL": regexp.MustCompile(`^\d{2}-?\d{3}$`),
		"PT": regexp.MustCompile(`^\d{4}(-?\d{3})?$`),
		"SE": regexp.MustCompile(`^\d{3} ?\d{2}$`),
		"CZ": regexp.MustCompile(`^\d{3} ?\d{2}$`),
		"SK": regexp.MustCompile(`^\d{3} ?\d{2}$`),
	}
	fiveDigits      = regexp.MustCompile(`^\d{5}$`)
	fourDigits      = regexp.MustCompile(`^\d{4}$`)
	otherPostalCode = regexp.MustCompile(`^[A-Z0-9 -]{0,10}$`)
)

// Countries whose postal codes are so many digits.
var (
	withFiveDigits = strings.Fields("DE FR IT ES FI EE HR LT MC TR")
	withFourDigits = strings.Fields("AT CH BE DK HU BG SI LU LI NO AU")
)

func goodPostalCode(country, code string) bool {
	form, ok := postalCodes[country]
	switch {
	case ok:
	case slices.Contains(withFiveDigits, country):
		form = fiveDigits
	case slices.Contains(withFourDigits, country):
		form = fourDigits
	default:
		form = otherPostalCode
	}
	return form.MatchString(code)
}
