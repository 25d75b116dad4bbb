package fedex

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// commit is when FedEx means to deliver (commit). It says so in several shapes, all optional; what cannot be read is as if
// it were not there, since a rate is good without.
type commit struct {
	days    int
	arrives time.Time
}

// UnmarshalJSON never fails.
func (c *commit) UnmarshalJSON(raw []byte) error {
	var parts struct {
		Transit json.RawMessage `json:"transitDays"`
		Date    json.RawMessage `json:"dateDetail"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	var transit struct {
		Least string `json:"minimumTransitTime"`
	}
	if json.Unmarshal(parts.Transit, &transit) == nil {
		c.days = daysOf(transit.Least)
	}
	var date struct {
		Format string `json:"dayFormat"`
	}
	if json.Unmarshal(parts.Date, &date) == nil {
		c.arrives = dateOf(date.Format)
	}
	return nil
}

// operationally is the same as told by operationalDetail.
type operationally struct {
	days    int
	arrives time.Time
}

// UnmarshalJSON never fails.
func (o *operationally) UnmarshalJSON(raw []byte) error {
	var parts struct {
		Transit string `json:"transitTime"`
		Date    string `json:"deliveryDate"`
	}
	if json.Unmarshal(raw, &parts) == nil {
		o.days, o.arrives = daysOf(parts.Transit), dateOf(parts.Date)
	}
	return nil
}

// numbers are FedEx's words for transit days, ONE_DAY to TWENTY_DAYS.
var numbers = []string{"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE", "THIRTEEN",
	"FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", "TWENTY"}

// daysOf is a transit time in business days, 0 if it is none that is known.
func daysOf(text string) int {
	word, unit, _ := strings.Cut(text, "_")
	if unit != "DAY" && unit != "DAYS" {
		return 0
	}
	return slices.Index(numbers, word) + 1
}

// dateOf is a time of day at the recipient's place; FedEx names no zone, so it is given as if in UTC.
func dateOf(text string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
