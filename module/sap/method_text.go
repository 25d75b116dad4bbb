package sap

import (
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// registerText adds what SAP's character fields need:
//
//	sap_date()   yyyymmdd as yyyy-mm-dd; null for no date and for 99991231, which has no end; other text as it is
//	is_gtin()    whether it is a GTIN of 8, 12, 13 or 14 digits with the right check digit
func registerText(env *bloblang.Environment) error {
	if err := method(env, "sap_date", func(v any) (any, error) { return day(v), nil }); err != nil {
		return err
	}
	return method(env, "is_gtin", func(v any) (any, error) {
		s, _ := v.(string)
		return isGTIN(s), nil
	})
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
