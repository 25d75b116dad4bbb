package backoffice

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Chrome is what each page of the back-office shows around its content.
type Chrome struct {
	User  *User
	Areas []Area
	Home  bool // the home page is shown
}

// Area is a business area of the navigation.
type Area struct {
	Name  string
	Icon  string
	Open  bool // it has the current page
	Links []NavLink
}

// NavLink leads to the grid of a resource.
type NavLink struct {
	Text, URL string
	Current   bool
}

var areaIcons = map[string]string{"organization": "building-2", "customer": "users", "catalog": "folder-tree", "pricing": "tag",
	"inventory": "warehouse", "cart": "shopping-cart", "order": "file-text", "payment": "clock", "shipping": "truck", "access": "user", "integration": "plug"}

// frame makes the surroundings of a page. The trail is pairs of text and address, ended by the page itself.
func (o *Office) frame(r *http.Request, title string, trail ...string) page.Frame {
	chrome := Chrome{Home: r.URL.Path == prefix+"/"}
	if u, ok := o.Users.User(r.Context()); ok {
		chrome.User = &u
		chrome.Areas = o.areas(r)
	}
	f := page.Frame{Title: title, Chrome: chrome}
	if len(trail) > 1 {
		f.Crumbs = page.Trail(trail...)
	}
	return f
}

// areas is the navigation, derived from the definitions: a link for each resource that stands for itself and that the user
// may read, by area in the order of the schema.
func (o *Office) areas(r *http.Request) []Area {
	w := o.words(r.Context())
	var areas []Area
	at := map[string]int{}
	for _, t := range o.Records.Schema().Types() {
		if !o.may(r.Context(), t, access.Read) || isPart(t, o.Records.Schema()) {
			continue
		}
		i, ok := at[t.Area]
		if !ok {
			i = len(areas)
			at[t.Area] = i
			icon := areaIcons[t.Area]
			if icon == "" {
				icon = "boxes"
			}
			areas = append(areas, Area{Name: w.area(t.Area), Icon: icon})
		}
		link := NavLink{Text: w.typeName(t), URL: prefix + "/records/" + t.Name}
		if t.Name == "exchanges" {
			link.URL = prefix + "/exchanges"
		}
		if t.Name == "channels" {
			link.URL = prefix + "/channels"
		}
		link.Current = r.URL.Path == link.URL || strings.HasPrefix(r.URL.Path, link.URL+"/")
		areas[i].Open = areas[i].Open || link.Current
		areas[i].Links = append(areas[i].Links, link)
	}
	return areas
}

// isPart tells whether records of a type are seen on the page of the record they belong to: owned ones, and those that
// nobody creates by themselves and that must have a parent which lists them, such as the lines of an order.
func isPart(t *resource.Type, s *resource.Schema) bool {
	if t.OwnedBy() != "" {
		return true
	}
	if t.Admin.Create {
		return false
	}
	for _, r := range t.Relations {
		target, ok := s.Type(r.Target)
		if !ok || r.ToMany || !r.Mandatory {
			continue
		}
		for _, back := range target.Relations {
			if back.ToMany && back.Target == t.Name && back.Inverse == r.Name {
				return true
			}
		}
	}
	return false
}

// words are the texts in the visitor's language and his times in his zone.
func (o *Office) words(ctx context.Context) words {
	zone := time.UTC
	if u, ok := o.Users.User(ctx); ok && u.Zone != nil {
		zone = u.Zone
	}
	return words{o.catalog.In(page.LanguageOf(ctx)), zone}
}

func (o *Office) text(r *http.Request, key string, args ...any) string {
	return o.words(r.Context()).T(key, args...)
}
