package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// Money is an amount in a currency (ISO 4217 code).
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// format is how a language writes numbers and dates; the values are CLDR's.
type format struct {
	decimal, group string
	symbolFirst    bool
	date, clock    string // layouts of package time
}

func formatOf(tag language.Tag) format {
	if base, _ := tag.Base(); base.String() == "de" {
		return format{decimal: ",", group: ".", date: "02.01.2006", clock: "15:04"}
	}
	return format{decimal: ".", group: ",", symbolFirst: true, date: "2 Jan 2006", clock: "15:04"}
}

// symbols are the signs that both languages use for a currency; any other is
// written by its code.
var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}

const noBreakSpace = "\u00a0"

// Number writes a whole number with its groups of thousands.
func (p *Printer) Number(n int) string { return p.decimal(strconv.Itoa(n)) }

// Quantity writes a decimal without trailing zeros.
func (p *Printer) Quantity(d decimal.Decimal) string { return p.decimal(trimZeros(d.String(), 0)) }

// Amount writes money rounded to the minor unit of its currency.
func (p *Printer) Amount(m Money) string {
	return p.money(m.Amount.StringFixed(minorDigits(m.Currency)), m.Currency)
}

// UnitPrice writes money with the decimals it really has, up to 6, and no
// fewer than its currency shows.
func (p *Printer) UnitPrice(m Money) string {
	least := minorDigits(m.Currency)
	return p.money(trimZeros(m.Amount.Round(6).StringFixed(max(6, least)), int(least)), m.Currency)
}

func (p *Printer) money(number, code string) string {
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "\u2212", number[1:] // a true minus, as wide as the digits
	}
	number = p.decimal(number)
	symbol, known := symbols[code]
	switch {
	case code == "":
		return sign + number
	case known && p.format.symbolFirst:
		return sign + symbol + number
	case known:
		return sign + number + noBreakSpace + symbol
	case p.format.symbolFirst:
		return sign + code + noBreakSpace + number
	}
	return sign + number + noBreakSpace + code
}

// minorDigits is the number of decimals of a currency; an unknown one has 2.
func minorDigits(code string) int32 {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2
	}
	scale, _ := currency.Standard.Rounding(unit)
	return int32(scale) // #nosec G115 -- ISO 4217 knows at most 4
}

func trimZeros(s string, least int) string {
	whole, fraction, found := strings.Cut(s, ".")
	if !found {
		return s
	}
	for len(fraction) > least && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// decimal turns 1234.5 into the language's 1,234.5 or 1.234,5.
func (p *Printer) decimal(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "\u2212", s[1:]
	}
	whole, fraction, found := strings.Cut(s, ".")
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(p.format.group)
		}
		b.WriteRune(digit)
	}
	if found {
		b.WriteString(p.format.decimal + fraction)
	}
	return sign + b.String()
}

// Date writes the day of a time in the zone that the time carries.
func (p *Printer) Date(t time.Time) string { return t.Format(p.format.date) }

// DateTime writes day and minute of a time in the zone that the time carries.
func (p *Printer) DateTime(t time.Time) string {
	return t.Format(p.format.date + ", " + p.format.clock)
}

// Clock writes the time of day with seconds.
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04:05") }

// Duration writes how long something took, coarse enough to be read at once.
func (p *Printer) Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return p.Number(int(d.Milliseconds())) + noBreakSpace + "ms"
	case d < time.Minute:
		return p.decimal(strconv.FormatFloat(d.Seconds(), 'f', 1, 64)) + noBreakSpace + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + noBreakSpace + "min " + strconv.Itoa(int(d.Seconds())%60) + noBreakSpace + "s"
	}
	return strconv.Itoa(int(d.Hours())) + noBreakSpace + "h " + strconv.Itoa(int(d.Minutes())%60) + noBreakSpace + "min"
}

// Bytes writes a size in units of 1000.
func (p *Printer) Bytes(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return strconv.FormatInt(n, 10) + noBreakSpace + "B"
	}
	f, i := float64(n)/1000, 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	return p.decimal(trimZeros(strconv.FormatFloat(f, 'f', 1, 64), 0)) + noBreakSpace + units[i:i+1] + "B"
}
