package storefront

import (
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Chrome is what each page of the shop shows around its content.
type Chrome struct {
	Buyer      *Buyer
	Categories []CategoryLink // the top of the catalogue
	CartLines  int            // 0 shows no number
	Query      string         // in the search box
}

// CategoryLink leads to a category.
type CategoryLink struct {
	Code, Name string
	Products   int // enabled products in it and below; 0 where not counted
	Current    bool
}

// URL is the address of the category's page.
func (c CategoryLink) URL() string { return page.Path("categories", c.Code) }

// frame makes the surroundings of a page. A shop whose catalogue cannot be
// read at the moment still shows its page, without the menu.
func (s *Shop) frame(r *http.Request, title string, crumbs ...page.Crumb) page.Frame {
	chrome := Chrome{Query: r.URL.Query().Get("q")}
	if b, ok := s.Buyers.Buyer(r.Context()); ok {
		chrome.Buyer = &b
		lines, err := s.Carts.Lines(r.Context())
		if err != nil {
			s.log.WarnContext(r.Context(), "count the lines of the cart", "error", err)
		}
		chrome.CartLines = lines
	}
	categories, err := s.Catalog.TopCategories(r.Context())
	if err != nil {
		s.log.WarnContext(r.Context(), "read the categories of the menu", "error", err)
	}
	for i := range categories {
		categories[i].Current = page.Path("categories", r.PathValue("code")) == categories[i].URL()
	}
	chrome.Categories = categories
	f := page.Frame{Title: title, Crumbs: crumbs, Chrome: chrome}
	if s.Name != nil {
		f.Site = s.Name(r.Context())
	}
	return f
}

// text returns the catalog's text in the visitor's language.
func (s *Shop) text(r *http.Request, key string, args ...any) string {
	return s.engine.Printer(r).T(key, args...)
}
