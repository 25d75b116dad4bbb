package organization

import (
	"time"

	"github.com/hanse-commerce/hanse/resource"
)

// Organizations are the selling companies of one installation. Each is its own owner; it is made by `hanse init`.
var Organizations = resource.Type{
	Name: "organizations", Table: "organization", Area: "organization", Scope: resource.Global,
	Doc: "A selling company; everything else belongs to one.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the organization."),
		resource.Text("name").Required().Doc("Full name of the company."),
		resource.Tongue("language").Default("en").Required().Doc("Language in which staff and buyers are met by default."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of credit limits and reports."),
		resource.Text("timeZone").Max(64).Default("UTC").Required().Unfiltered().Eg("Europe/Berlin").
			Doc("IANA time zone that decides on which day a price is valid."),
	},
	Admin:      resource.Exposure{Read: true, Update: true},
	Storefront: resource.Hidden,
	Check:      checkOrganization,
}

func checkOrganization(t *resource.Type, _, next resource.Record) []resource.Violation {
	zone := next[t.At("timeZone")]
	if zone.State != resource.Set {
		return nil
	}
	if _, err := time.LoadLocation(zone.Text); err != nil || zone.Text == "" || zone.Text == "Local" {
		return []resource.Violation{{Field: "timeZone", Code: "invalid_time_zone",
			Detail: "this is not the name of a time zone; write one of the IANA list such as Europe/Berlin"}}
	}
	return nil
}
