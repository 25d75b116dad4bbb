package tax

import (
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// Jurisdictions are the places whose tax law applies to goods that are sent there.
var Jurisdictions = resource.Type{
	Name: "taxJurisdictions", Table: "tax_jurisdiction", Area: "tax",
	Doc: "A place whose tax law applies to what is sent there: a country, a region of it, or a range of postal codes. The most specific one that has a rule applies.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Eg("DE").Doc("Short name of the jurisdiction."),
		resource.Text("name").Required().Doc("Full name."),
		resource.Country("country").Required().Doc("ISO 3166-1 code of the country."),
		resource.Text("region").Max(100).Eg("CA").Doc("State or province as addresses spell it, in capitals or not; the whole country if empty."),
		resource.Text("postalCodeFrom").Max(20).Eg("27498").Doc("First postal code, or the beginning of it; spaces and signs do not count. All if empty."),
		resource.Text("postalCodeTo").Max(20).Eg("27499").Doc("Last postal code, or the beginning of it; the same as the first if empty."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
	Check:      checkJurisdiction,
	Extensible: true,
}

func checkJurisdiction(t *resource.Type, _, next resource.Record) []resource.Violation {
	from, to := next[t.At("postalCodeFrom")], next[t.At("postalCodeTo")]
	switch {
	case to.State != resource.Set:
		return nil
	case from.State != resource.Set:
		return []resource.Violation{{Field: "postalCodeFrom", Code: "required", Detail: "a range of postal codes needs its first one too"}}
	case plain(to.Text) < plain(from.Text) && !strings.HasPrefix(plain(from.Text), plain(to.Text)):
		return []resource.Violation{{Field: "postalCodeTo", Code: "out_of_range", Detail: "the last postal code lies before the first"}}
	}
	return nil
}

// plain is a postal code as the table compares it (tax_postal_code in SQL): capitals and digits alone.
func plain(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(code))
}
