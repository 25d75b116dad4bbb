package shop

import (
	"context"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Category is a page of the products in a category and below: the category with its neighbours, and the products with what
// they cost and what there is of them, are one statement each.
func (s *Shop) Category(ctx context.Context, code string, q storefront.ListQuery) (storefront.Listing, error) {
	caller, err := visitor(ctx)
	if err != nil {
		return storefront.Listing{}, err
	}
	q.Category = code
	var categories, products []found
	list := s.list(caller, q)
	reading := collect(list, &products)
	if err := s.read(ctx, caller, collect(s.category(code), &categories), reading); err != nil {
		return storefront.Listing{}, err
	}
	if len(categories) == 0 {
		return storefront.Listing{}, storefront.ErrNotFound
	}
	l, err := listingOf(&categories[0])
	if err != nil {
		return l, err
	}
	l.Total = int(reading.Answer.Total)
	l.Items, err = s.items(ctx, caller, products)
	return l, err
}

func (s *Shop) category(code string) *record.Query {
	q := s.query("categories")
	q.Target = resource.ByKey(code)
	q.Include = []string{"parent", "parent.parent", "parent.parent.parent", "children"}
	q.Fields = map[string][]string{"categories": {"code", "name", "description", "parent", "children"}}
	return q
}

func listingOf(f *found) (storefront.Listing, error) {
	c, err := decode[categoryRow](f.attributes)
	if err != nil {
		return storefront.Listing{}, err
	}
	l := storefront.Listing{Title: c.Name, Text: c.Description}
	from := f.id
	for _, path := range []string{"parent", "parent.parent", "parent.parent.parent"} {
		r, ok := f.one(path, from)
		if !ok {
			break
		}
		above, err := decode[categoryRow]([]byte(r.attributes))
		if err != nil {
			return l, err
		}
		l.Parents = append([]storefront.CategoryLink{above.link()}, l.Parents...)
		from = r.id
	}
	for _, r := range f.below("children", f.id) {
		child, err := decode[categoryRow]([]byte(r.attributes))
		if err != nil {
			return l, err
		}
		l.Categories = append(l.Categories, child.link())
	}
	return l, nil
}

// list is the query for a page of products.
func (s *Shop) list(caller access.Caller, asked storefront.ListQuery) *record.Query {
	q := s.query("products")
	q.Number, q.Size, q.Total, q.Search = min(asked.Page, lastPage), asked.Size, true, asked.Text
	if asked.Category != "" {
		q.Filters = append(q.Filters, record.Filter{Path: "category", Operator: resource.Below,
			Values: []string{resource.ByKey(asked.Category).String()}})
	}
	if asked.InStock {
		q.Filters = append(q.Filters, record.Filter{Path: "available", Operator: resource.Gt, Values: []string{"0"}})
	}
	switch {
	case asked.Sort == "sku":
		q.Sort = []record.Sort{{Path: "sku"}}
	case asked.Sort == "name", asked.Text == "":
		q.Sort = []record.Sort{{Path: "name"}, {Path: "sku"}}
	}
	offer(q, "", offerFields(caller.CustomerUser != ""))
	return q
}

// lastPage keeps a made-up page number within what a query takes.
const lastPage = 1_000_000

func (s *Shop) items(ctx context.Context, caller access.Caller, products []found) ([]storefront.Item, error) {
	items := make([]storefront.Item, len(products))
	printer := s.printer(ctx)
	for i := range products {
		p, err := products[i].product("", products[i].id, products[i].attributes)
		if err != nil {
			return nil, err
		}
		items[i] = p.item(printer)
		items[i].SignIn = caller.CustomerUser == ""
	}
	return items, nil
}

// Search is a page of the products that match what was typed.
func (s *Shop) Search(ctx context.Context, q storefront.ListQuery) (storefront.Listing, error) {
	var l storefront.Listing
	caller, err := visitor(ctx)
	if err != nil {
		return l, err
	}
	var products []found
	reading := collect(s.list(caller, q), &products)
	if err := s.read(ctx, caller, reading); err != nil {
		return l, err
	}
	l.Total = int(reading.Answer.Total)
	if l.Items, err = s.items(ctx, caller, products); err != nil {
		return l, err
	}
	l.Categories, err = s.TopCategories(ctx)
	return l, err
}
