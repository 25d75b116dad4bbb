package resource

import (
	"fmt"
	"strings"
	"time"
)

// Date is a calendar day, "2026-11-03"; files may also write 20261103 as SAP does.
func Date(name string) Field { return field(name, date{}) }

// Time is an instant, RFC 3339 in UTC.
func Time(name string) Field { return field(name, instant{}) }

type date struct{}

func (date) Name() string { return "date" }
func (date) SQL() string  { return "date" }

func (k date) Parse(value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf(`expected a date such as "2026-11-03"`)
	}
	return k.ParseText(s)
}

func (date) ParseText(s string) (string, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf(`%.40q is not a date such as "2026-11-03"`, s)
}

func (date) Output(expr string, _ Language) string { return expr }
func (date) Schema(Language) map[string]any {
	return map[string]any{"type": "string", "format": "date"}
}
func (date) Operators() []Operator { return ordering }

type instant struct{}

func (instant) Name() string { return "time" }
func (instant) SQL() string  { return "timestamp with time zone" }

func (k instant) Parse(value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf(`expected a time such as "2026-11-03T08:15:00Z"`)
	}
	return k.ParseText(s)
}

func (instant) ParseText(s string) (string, error) {
	s = strings.TrimSpace(s)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		d, derr := (date{}).ParseText(s)
		if derr != nil {
			return "", fmt.Errorf(`%.40q is not a time such as "2026-11-03T08:15:00Z"`, s)
		}
		t, _ = time.Parse(time.DateOnly, d)
	}
	if t = t.UTC().Truncate(time.Microsecond); t.Year() < 1 || t.Year() > 9999 {
		return "", fmt.Errorf("%.40q is not a time between the years 1 and 9999", s)
	}
	return t.Format(time.RFC3339Nano), nil
}

func (instant) Output(expr string, _ Language) string {
	return `to_char(` + expr + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

func (instant) Schema(Language) map[string]any {
	return map[string]any{"type": "string", "format": "date-time"}
}
func (instant) Operators() []Operator { return ordering }
