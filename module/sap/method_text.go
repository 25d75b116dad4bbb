package sap

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// registerText adds what SAP's character fields need:
//
//	sap_date()   yyyymmdd as yyyy-mm-dd; null for no date and for 99991231, which has no end; other text as it is
//	local_day(zone)  the day of an RFC 3339 time in a time zone, as yyyymmdd
//	cut(n)       its first n characters
//	wrap(n)      an array of its lines, cut at blanks so that none has more than n characters
//	zeros(n)     a number or text with zeros before it, n characters long
//	is_gtin()    whether it is a GTIN of 8, 12, 13 or 14 digits with the right check digit
func registerText(env *bloblang.Environment) error {
	for name, of := range map[string]func(v any) any{
		"sap_date": day,
		"is_gtin":  func(v any) any { s, _ := v.(string); return isGTIN(s) },
	} {
		if err := method(env, name, func(v any) (any, error) { return of(v), nil }); err != nil {
			return err
		}
	}
	for name, of := range map[string]func(s string, n int) any{
		"cut":   func(s string, n int) any { return cut(s, n) },
		"wrap":  func(s string, n int) any { return wrap(s, n) },
		"zeros": func(s string, n int) any { return strings.Repeat("0", max(0, n-len(s))) + s },
	} {
		if err := sized(env, name, of); err != nil {
			return err
		}
	}
	spec := bloblang.NewPluginSpec().Param(bloblang.NewStringParam("zone"))
	return env.RegisterMethodV2("local_day", spec, func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		name, err := args.GetString("zone")
		if err != nil {
			return nil, err
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			return nil, err
		}
		return func(v any) (any, error) {
			s, _ := v.(string)
			t, err := time.Parse(time.RFC3339, s)
			if err != nil {
				return nil, err
			}
			return t.In(zone).Format("20060102"), nil
		}, nil
	})
}

// sized adds a method of text that takes a length from 1 to 10,000.
func sized(env *bloblang.Environment, name string, of func(s string, n int) any) error {
	spec := bloblang.NewPluginSpec().Param(bloblang.NewInt64Param("length"))
	return env.RegisterMethodV2(name, spec, func(args *bloblang.ParsedParams) (bloblang.Method, error) {
		n, err := args.GetInt64("length")
		if err != nil {
			return nil, err
		}
		if n < 1 || n > 10_000 {
			return nil, fmt.Errorf("%s: a length of %d; 1 to 10000 is possible", name, n)
		}
		return func(v any) (any, error) {
			switch v := v.(type) {
			case nil:
				return of("", int(n)), nil
			case string:
				return of(v, int(n)), nil
			}
			return of(bloblang.ValueToString(v), int(n)), nil
		}, nil
	})
}

// cut is the first n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n])
	}
	return strings.TrimRight(s, " ")
}

// wrap cuts a text into lines of at most n characters, at its own line ends and at blanks where there are any.
func wrap(text string, n int) []any {
	lines := []any{}
	for line := range strings.Lines(text) {
		rest := []rune(strings.TrimRight(line, " \r\n"))
		for len(rest) > n {
			at := n
			for i := n; i > n/2; i-- {
				if rest[i] == ' ' {
					at = i
					break
				}
			}
			lines = append(lines, strings.TrimRight(string(rest[:at]), " "))
			rest = []rune(strings.TrimLeft(string(rest[at:]), " "))
		}
		lines = append(lines, string(rest))
	}
	return lines
}

func day(v any) any {
	s, ok := v.(string)
	if !ok {
		return nil
	}
	switch s = strings.TrimSpace(s); s {
	case "", noData, "00000000", "99991231":
		return nil
	}
	if t, err := time.Parse("20060102", s); err == nil {
		return t.Format(time.DateOnly)
	}
	return s
}

// isGTIN checks length and check digit (GS1 General Specifications, section 7.9).
func isGTIN(s string) bool {
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	sum, weight := 0, 1
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * weight
		weight = 4 - weight
	}
	return sum%10 == 0
}
