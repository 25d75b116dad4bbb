package shop

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

type addressRow struct {
	Kind                       string // of an order's address
	Company                    string
	FirstName, LastName        string
	Street, Street2            string
	PostalCode, City, Region   string
	Country                    string
	Primary, Billing, Shipping bool
}

// address is the row as pages show it.
func (a addressRow) address(ctx context.Context, id string) storefront.Address {
	return storefront.Address{ID: id, Company: a.Company, Name: strings.TrimSpace(a.FirstName + " " + a.LastName), Street: a.Street,
		Street2: a.Street2, PostalCode: a.PostalCode, City: a.City, Region: a.Region, CountryCode: a.Country,
		Country: countryName(page.LanguageOf(ctx), a.Country), Usual: a.Shipping}
}

func countryName(tag language.Tag, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(tag).Name(region); name != "" {
		return name
	}
	return code
}

// addresses is the query for those of the buyer's own company.
func (s *Shop) addresses(caller access.Caller) *record.Query {
	q := s.query("customerAddresses")
	q.Filters = []record.Filter{{Path: "customer", Operator: resource.Eq, Values: []string{caller.Customer}}}
	q.Sort = []record.Sort{{Path: "shipping", Descending: true}, {Path: "primary", Descending: true}, {Path: "createdAt"}}
	q.Size = record.MaxPageSize
	return q
}

// place is an address of a company with its id.
type place struct {
	id string
	addressRow
}

func placesOf(records []found) ([]place, error) {
	places := make([]place, len(records))
	for i := range records {
		a, err := decode[addressRow](records[i].attributes)
		if err != nil {
			return nil, err
		}
		places[i] = place{records[i].id, a}
	}
	return places, nil
}

// typed is an address out of a form as it is kept.
func typed(a *storefront.Address) addressRow {
	row := addressRow{Company: strings.TrimSpace(a.Company), Street: strings.TrimSpace(a.Street), Street2: strings.TrimSpace(a.Street2),
		PostalCode: strings.TrimSpace(a.PostalCode), City: strings.TrimSpace(a.City), Region: strings.TrimSpace(a.Region),
		Country: strings.ToUpper(strings.TrimSpace(a.CountryCode))}
	name := strings.Fields(a.Name)
	if n := len(name); n > 0 {
		row.FirstName, row.LastName = strings.Join(name[:n-1], " "), name[n-1]
	}
	return row
}

// same tells whether two addresses lead to the same door, whatever they are used for.
func (a addressRow) same(b addressRow) bool {
	for _, row := range []*addressRow{&a, &b} {
		row.Kind, row.Primary, row.Billing, row.Shipping = "", false, false, false
	}
	return a == b
}

// values are the address's fields by wire name.
func (a addressRow) values() map[string]string {
	return map[string]string{"company": a.Company, "firstName": a.FirstName, "lastName": a.LastName, "street": a.Street, "street2": a.Street2,
		"postalCode": a.PostalCode, "city": a.City, "region": a.Region, "country": a.Country}
}

// countries lists the world's countries (ISO 3166-1) for each language, by their names there.
func countries(tags []language.Tag) map[language.Tag][]page.Option {
	lists := map[language.Tag][]page.Option{}
	for _, tag := range tags {
		names := display.Regions(tag)
		var list []page.Option
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				region, err := language.ParseRegion(string([]rune{a, b}))
				if err != nil || !region.IsCountry() || region.String() != string([]rune{a, b}) || region.Canonicalize() != region {
					continue
				}
				if name := names.Name(region); name != "" && name != region.String() {
					list = append(list, page.Option{Value: region.String(), Text: name})
				}
			}
		}
		slices.SortFunc(list, func(x, y page.Option) int { return cmp.Compare(folded(x.Text), folded(y.Text)) })
		lists[tag] = list
	}
	return lists
}

// folded puts umlauts where people look for them.
func folded(name string) string {
	return strings.NewReplacer("Ä", "A", "Å", "A", "Ö", "O", "Ü", "U", "ä", "a", "ö", "o", "ü", "u").Replace(name)
}
