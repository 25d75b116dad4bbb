package storefront

import (
	"context"
	"net/http"
	"net/url"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Catalog answers what there is to buy, each time with the prices and stock of
// the buyer in the context, in the language of page.LanguageOf.
type Catalog interface {
	TopCategories(ctx context.Context) ([]CategoryLink, error)
	Home(ctx context.Context) (Home, error)
	// Category returns a page of the products in a category and below.
	Category(ctx context.Context, code string, q ListQuery) (Listing, error)
	// Search returns a page of the products that match q.Text.
	Search(ctx context.Context, q ListQuery) (Listing, error)
	Product(ctx context.Context, sku string) (Product, error)
}

// ListQuery is what a list page asks for.
type ListQuery struct {
	Text     string
	Category string // code, to narrow a search
	InStock  bool
	Sort     string // one of sortings; the first is the default
	Page     int    // from 1
	Size     int
}

// Listing is a page of products.
type Listing struct {
	// From Catalog:

	Title      string // the category's name; empty in a search
	Text       string // the category's description
	Parents    []CategoryLink
	Categories []CategoryLink // below this one; in a search, those with hits
	Items      []Item
	Total      int
	// Note says what the order of the list is not exact about; empty in most cases.
	Note string

	// Set by the page:

	Query   ListQuery
	View    string // "table" or "grid"
	Action  string // this page without its query
	Here    string // this page with its query
	Sorts   []page.Choice
	Views   []ViewLink
	Pager   page.Pager
	Narrow  []NarrowLink // categories with their links
	ClearTo string       // without any filter; empty if none is set
}

// ViewLink switches between table and grid.
type ViewLink struct {
	Name, Icon, URL string
	Current         bool
}

// NarrowLink narrows a list to a category.
type NarrowLink struct {
	Name    string
	Count   int
	URL     string
	Current bool
}

// Item is a product in a list.
type Item struct {
	SKU, Name string
	Image     string // address of a picture; empty where there is none
	Unit      Unit   // the one offered in the list
	Stock     Stock
	SignIn    bool // a stranger sees no price
}

// URL is the address of the product's page.
func (i Item) URL() string { return page.Path("products", i.SKU) }

// Best is the tier with the lowest price, nil where there are no tiers.
func (i Item) Best() *Tier {
	if len(i.Unit.Tiers) < 2 {
		return nil
	}
	return &i.Unit.Tiers[len(i.Unit.Tiers)-1]
}

var sortings = []string{"relevance", "name", "sku"}

const listSize = 24

func listQuery(values url.Values) ListQuery {
	q := ListQuery{Text: values.Get("q"), Category: values.Get("category"), InStock: values.Get("stock") == "in",
		Page: page.PageNumber(values), Size: listSize}
	for _, s := range sortings {
		if values.Get("sort") == s {
			q.Sort = s
		}
	}
	return q
}

func (s *Shop) category(w http.ResponseWriter, r *http.Request) error {
	q := listQuery(r.URL.Query())
	l, err := s.Catalog.Category(r.Context(), r.PathValue("code"), q)
	if err != nil {
		return err
	}
	var crumbs []string
	crumbs = append(crumbs, s.text(r, "home.crumb"), "/")
	for _, p := range l.Parents {
		crumbs = append(crumbs, p.Name, p.URL())
	}
	crumbs = append(crumbs, l.Title)
	l.Action = page.Path("categories", r.PathValue("code"))
	for _, c := range l.Categories {
		l.Narrow = append(l.Narrow, NarrowLink{Name: c.Name, Count: c.Products, URL: c.URL()})
	}
	s.complete(r, &l, q)
	listingView.Show(s.engine, w, r, http.StatusOK, s.frame(r, l.Title, page.Trail(crumbs...)...), l)
	return nil
}

func (s *Shop) search(w http.ResponseWriter, r *http.Request) error {
	q := listQuery(r.URL.Query())
	l, err := s.Catalog.Search(r.Context(), q)
	if err != nil {
		return err
	}
	l.Action = "/search"
	for _, c := range l.Categories {
		current := c.Code == q.Category
		code := c.Code
		if current {
			code = ""
		}
		l.Narrow = append(l.Narrow, NarrowLink{Name: c.Name, Count: c.Products, Current: current,
			URL: page.WithQuery("/search", r.URL.Query(), "category", code, "page", "")})
	}
	s.complete(r, &l, q)
	title := s.text(r, "search.title", q.Text)
	if q.Text == "" {
		title = s.text(r, "search.all")
	}
	l.Title = title
	listingView.Show(s.engine, w, r, http.StatusOK,
		s.frame(r, title, page.Trail(s.text(r, "home.crumb"), "/", s.text(r, "search.crumb"))...), l)
	return nil
}

// complete adds the list's links, which all keep the rest of the query.
func (s *Shop) complete(r *http.Request, l *Listing, q ListQuery) {
	values := r.URL.Query()
	l.Query, l.Here = q, r.URL.RequestURI()
	l.View = "table"
	if values.Get("view") == "grid" {
		l.View = "grid"
	}
	for _, v := range []ViewLink{{Name: "table", Icon: "list"}, {Name: "grid", Icon: "layout-grid"}} {
		v.Current = v.Name == l.View
		v.URL = page.WithQuery(l.Action, values, "view", v.Name)
		l.Views = append(l.Views, v)
	}
	for i, name := range sortings {
		if name == "relevance" && q.Text == "" {
			continue
		}
		l.Sorts = append(l.Sorts, page.Choice{Value: name, Text: s.text(r, "listing.sort."+name),
			Current: name == q.Sort || q.Sort == "" && i == 0})
	}
	if q.InStock || q.Category != "" {
		l.ClearTo = page.WithQuery(l.Action, values, "stock", "", "category", "", "page", "")
	}
	l.Pager = page.Pages(l.Action, values, q.Page, q.Size, l.Total)
}
