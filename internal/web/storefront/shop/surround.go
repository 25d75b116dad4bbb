package shop

import (
	"context"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// menuSize is how many categories the menu shows.
const menuSize = 30

type categoryRow struct{ Code, Name, Description string }

func (c categoryRow) link() storefront.CategoryLink {
	return storefront.CategoryLink{Code: c.Code, Name: c.Name}
}

// surround reads, once a visit and in one round trip, what each page shows around its content.
func (s *Shop) surround(ctx context.Context, v *visit) {
	if v.read {
		return
	}
	v.read = true
	caller, err := visitor(ctx)
	if err != nil {
		return
	}
	var top, sites, people, carts []found
	readings := []*record.Reading{collect(s.topCategories(), &top), collect(s.website(caller), &sites)}
	if v.signedIn {
		readings = append(readings, collect(s.person(caller), &people), collect(s.openCart(caller), &carts))
	}
	if v.err = s.read(ctx, caller, readings...); v.err != nil {
		return
	}
	v.err = v.take(top, sites, people, carts)
}

func (v *visit) take(top, sites, people, carts []found) error {
	for i := range top {
		c, err := decode[categoryRow](top[i].attributes)
		if err != nil {
			return err
		}
		v.categories = append(v.categories, c.link())
	}
	for i := range sites {
		site, err := decode[struct{ Name string }](sites[i].attributes)
		if err != nil {
			return err
		}
		v.site = site.Name
	}
	for i := range people {
		var err error
		if v.buyer, err = buyerOf(&people[i]); err != nil {
			return err
		}
	}
	for i := range carts {
		c, err := decode[cartRow](carts[i].attributes)
		if err != nil {
			return err
		}
		v.lines = c.LineCount
	}
	return nil
}

func (s *Shop) website(caller access.Caller) *record.Query {
	q := s.query("websites")
	q.Target, q.Fields = resource.Ref{ID: caller.Website}, map[string][]string{"websites": {"name"}}
	return q
}

func (s *Shop) topCategories() *record.Query {
	q := s.query("categories")
	q.Filters = []record.Filter{{Path: "parent", Operator: resource.Exists, Values: []string{"false"}}}
	q.Sort = []record.Sort{{Path: "position"}, {Path: "code"}}
	q.Fields = map[string][]string{"categories": {"code", "name"}}
	q.Size = menuSize
	return q
}

func (s *Shop) person(caller access.Caller) *record.Query {
	q := s.query("customerUsers")
	q.Target = resource.Ref{ID: caller.CustomerUser}
	q.Include = []string{"customer"}
	q.Fields = map[string][]string{"customerUsers": {"email", "firstName", "lastName", "customer"}, "customers": {"number", "name"}}
	return q
}

// openCart is the cart that cart.Current would give, if there is one.
func (s *Shop) openCart(caller access.Caller) *record.Query {
	q := s.query("carts")
	q.Filters = []record.Filter{{Path: "status", Operator: resource.Eq, Values: []string{"open"}},
		{Path: "customer", Operator: resource.Eq, Values: []string{caller.Customer}}}
	q.Sort = []record.Sort{{Path: "createdAt", Descending: true}}
	q.Fields = map[string][]string{"carts": {"lineCount"}}
	q.Size = 1
	return q
}

type personRow struct{ Email, FirstName, LastName string }

func (p personRow) name() string {
	if name := strings.TrimSpace(p.FirstName + " " + p.LastName); name != "" {
		return name
	}
	return p.Email
}

func buyerOf(f *found) (storefront.Buyer, error) {
	p, err := decode[personRow](f.attributes)
	if err != nil {
		return storefront.Buyer{}, err
	}
	customer, err := decodeRelated[struct{ Number, Name string }](f.one("customer", f.id))
	return storefront.Buyer{Name: p.name(), Email: p.Email, Company: customer.Name, CustomerNumber: customer.Number}, err
}

// websiteName is the name of the shop that is visited.
func (s *Shop) websiteName(ctx context.Context) string {
	v, err := visitOf(ctx)
	if err != nil {
		return ""
	}
	s.surround(ctx, v)
	return v.site
}

// TopCategories are those of the menu.
func (s *Shop) TopCategories(ctx context.Context) ([]storefront.CategoryLink, error) {
	v, err := visitOf(ctx)
	if err != nil {
		return nil, err
	}
	s.surround(ctx, v)
	return append([]storefront.CategoryLink(nil), v.categories...), v.err
}

// Lines counts those of the cart.
func (s *Shop) Lines(ctx context.Context) (int, error) {
	v, err := visitOf(ctx)
	if err != nil {
		return 0, err
	}
	s.surround(ctx, v)
	return v.lines, v.err
}
