package fedex

import "strings"

// ownCodes are the currencies that FedEx names otherwise than ISO 4217
// (developer.fedex.com, API reference, "Currency Codes"). Answers use either.
var ownCodes = map[string]string{
	"AED": "DHS", "ARS": "ARN", "CHF": "SFR", "CLP": "CHP", "DOP": "RDD", "GBP": "UKL", "JMD": "JAD", "JPY": "JYE",
	"KRW": "WON", "KWD": "KUD", "KYD": "CID", "MXN": "NMP", "SGD": "SID", "TWD": "NTD", "UYU": "UYP", "XCD": "ECD",
}

// toFedEx is FedEx's code of an ISO currency.
func toFedEx(iso string) string {
	if own, ok := ownCodes[iso]; ok {
		return own
	}
	return iso
}

// toISO is the ISO code of a currency as FedEx names it, "" if that is no code at all.
func toISO(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	for iso, own := range ownCodes {
		if code == own {
			return iso
		}
	}
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return code
}
