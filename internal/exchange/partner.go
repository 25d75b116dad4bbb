package exchange

import (
	"fmt"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Partners are third parties with a login of their own.
var Partners = resource.Type{
	Name: "partners", Table: "partner", Area: "integration",
	Doc: "A third party, such as the ERP's middleware, that exchanges files and messages.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name; also the system of the external ids that it sends."),
		resource.Text("name").Required().Doc("Name for people."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Unfiltered().Doc("A disabled partner cannot log in."),
		resource.Text("language").Max(12).Default(resource.DefaultLanguage).Required().Unfiltered().
			Doc("Language of texts that it sends without saying so."),
		resource.JSON("settings").Doc("How its files are read and written; what is not set has a default: " + settingsDoc),
		resource.JSON("allowlist").Doc(`Networks that it may come from, such as ["192.0.2.0/24"]; none means any.`),
	},
	Relations: resource.Relations{
		resource.Many("channels", "channels", "partner").Doc("Configured modules and file routes."),
	},
	Admin:      resource.Full,
	Check:      checkPartner,
	Extensible: true,
}

const settingsDoc = "priceList, currency, warehouse, unit (C62), decimalMark (. or ,), duplicateHours (12), csvOrders (false)."

// PartnerSettings are how a partner's files are read and written.
type PartnerSettings struct {
	PriceList string `json:"priceList"` // code of the list that a price without one belongs to
	Currency  string `json:"currency"`  // ISO 4217
	Warehouse string `json:"warehouse"` // code
	Unit      string `json:"unit"`      // UN/ECE code
	// DecimalMark is taken where a column does not decide it: "." or ",".
	DecimalMark string `json:"decimalMark"`
	// DuplicateHours is how long the same bytes count as a resend; 0 is never.
	DuplicateHours int `json:"duplicateHours"`
	// CSVOrders asks for orders as CSV too.
	CSVOrders bool `json:"csvOrders"`
}

// ParseSettings reads a partner's settings and fills in the defaults. Unknown settings are an error that names them.
func ParseSettings(text []byte) (PartnerSettings, error) {
	s := PartnerSettings{Unit: "C62", DecimalMark: ".", DuplicateHours: 12, Currency: "EUR"}
	if len(text) == 0 || string(text) == "null" {
		return s, nil
	}
	if err := strict(text, &s); err != nil {
		return s, fmt.Errorf("a partner's settings: %w; known are %s", err, settingsDoc)
	}
	if s.DecimalMark != "." && s.DecimalMark != "," {
		return s, fmt.Errorf(`a partner's settings: decimalMark is %.10q, expected "." or ","`, s.DecimalMark)
	}
	if s.DuplicateHours < 0 || s.DuplicateHours > 24*366 {
		return s, fmt.Errorf("a partner's settings: duplicateHours is %d, expected 0 to %d", s.DuplicateHours, 24*366)
	}
	return s, nil
}

func checkPartner(t *resource.Type, _, next resource.Record) (faults []resource.Violation) {
	if v := next[t.At("settings")]; v.State == resource.Set {
		if _, err := ParseSettings([]byte(v.Text)); err != nil {
			faults = append(faults, resource.Violation{Field: "settings", Code: "partner_settings", Detail: err.Error()})
		}
	}
	if v := next[t.At("allowlist")]; v.State == resource.Set {
		if _, err := access.ParseNetworks([]byte(v.Text)); err != nil {
			faults = append(faults, resource.Violation{Field: "allowlist", Code: "partner_allowlist", Detail: err.Error()})
		}
	}
	return faults
}
