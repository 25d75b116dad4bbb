package resource

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Decimal is an exact number of at most precision digits, scale of them behind the point; on the wire a JSON string.
func Decimal(name string, precision, scale int) Field {
	return field(name, number{precision: precision, scale: scale})
}

// Positive refuses numbers below zero.
func (f Field) Positive() Field {
	switch k := f.Kind.(type) {
	case number:
		k.positive = true
		f.Kind = k
	case integer:
		k.positive = true
		f.Kind = k
	}
	return f
}

type number struct {
	precision, scale int
	positive         bool
}

func (number) Name() string  { return "decimal" }
func (k number) SQL() string { return fmt.Sprintf("numeric(%d,%d)", k.precision, k.scale) }

func (k number) Parse(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return k.ParseText(v)
	case json.Number:
		return k.ParseText(v.String())
	}
	return "", fmt.Errorf(`expected a decimal as a string such as "12.50"`)
}

func (k number) ParseText(s string) (string, error) {
	s = strings.TrimSpace(s)
	if k.short(s) {
		return s, nil
	}
	if len(s) > 64 || !plainNumber(s) {
		return "", fmt.Errorf(`%.40q is not a decimal such as "12.50"`, s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return "", fmt.Errorf(`%.40q is not a decimal such as "12.50"`, s)
	}
	if k.positive && d.IsNegative() {
		return "", fmt.Errorf("%s is negative; zero or more is expected", s)
	}
	if !d.Equal(d.Truncate(int32(k.scale))) { // #nosec G115 -- of a definition: a few digits
		return "", fmt.Errorf("%s has more than %d digits behind the point", s, k.scale)
	}
	if d.Abs().GreaterThanOrEqual(decimal.New(1, int32(k.precision-k.scale))) { // #nosec G115 -- of a definition: a few digits
		return "", fmt.Errorf("%s is too large; at most %d digits before the point are kept", s, k.precision-k.scale)
	}
	return d.String(), nil
}

// short reports whether text is a number in its canonical form already and well within the limits, as most are in files:
// no sign, no needless zeros, no point without digits.
func (k number) short(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	switch {
	case whole == "" || len(whole) > k.precision-k.scale || len(whole) > 1 && whole[0] == '0':
		return false
	case point && (fraction == "" || len(fraction) > k.scale || fraction[len(fraction)-1] == '0'):
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' || c == '.' && i != len(whole) {
			return false
		}
	}
	return true
}

// plainNumber keeps out exponents, which would let a few characters name a number of a million digits.
func plainNumber(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.' || (i == 0 && (r == '-' || r == '+')):
		default:
			return false
		}
	}
	return digits > 0
}

func (number) Output(expr string, _ Language) string { return "trim_scale(" + expr + ")::text" }

func (k number) Schema(Language) map[string]any {
	return map[string]any{"type": "string", "format": "decimal", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}
}

func (number) Operators() []Operator { return ordering }
