package stripesim

import "strings"

func set(codes string) map[string]bool {
	all := map[string]bool{}
	for _, code := range strings.Fields(codes) {
		all[code] = true
	}
	return all
}

// The currencies and their coins as docs.stripe.com/currencies lists them.
var (
	noDigits    = set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
	threeDigits = set("bhd jod kwd omr tnd")
	rounded     = set("isk ugx") // written with two digits that are always 00
	known       = set(`aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf
		clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk
		jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad
		ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb
		tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw`)
)

// smallest are the least amounts of docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in the smallest coin, for an
// account that is paid out in each of these currencies.
var smallest = map[string]int64{"usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
	"eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
	"ron": 200, "sek": 300, "sgd": 50, "thb": 1000}

// leastOf is the least amount of a currency. One that Stripe lists none for has to be worth 0.50 EUR there; without rates of
// exchange that is half of its unit here, where it has coins.
func leastOf(currency string) int64 {
	switch listed, ok := smallest[currency]; {
	case ok:
		return listed
	case threeDigits[currency]:
		return 500
	case noDigits[currency]:
		return 1
	}
	return 50
}

// shown is an amount of smallest coins for people: "12.50 EUR".
func shown(amount int64, currency string) string {
	digits, text := 2, decimalString(amount)
	switch {
	case noDigits[currency]:
		digits = 0
	case threeDigits[currency]:
		digits = 3
	}
	if digits > 0 {
		text = strings.Repeat("0", max(0, digits+1-len(text))) + text
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	return text + " " + strings.ToUpper(currency)
}
