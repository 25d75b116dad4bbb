package page_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

func TestPath(t *testing.T) {
	for want, segments := range map[string][]string{
		"/products/NW-001":       {"products", "NW-001"},
		"/products/A%2FB%3Fc%23": {"products", "A/B?c#"},
		"/products/%2E%2E":       {"products", ".."},
		"/products/50%25":        {"products", "50%"},
	} {
		if got := page.Path(segments...); got != want {
			t.Errorf("%v: %s, want %s", segments, got, want)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for target, want := range map[string]string{"/cart": "/cart", "/search?q=a%20b&page=2": "/search?q=a%20b&page=2", "": "/", "cart": "/",
		"//evil.example": "/", "https://evil.example/": "/", "javascript:alert(1)": "/", `/\evil.example`: "/", "/\t/evil.example": "/", "/x\r\nSet-Cookie: a=b": "/"} {
		if got := page.LocalPath(target, "/"); got != want {
			t.Errorf("%q: %q, want %q", target, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/cart", "//a", `/\a`, "/%2f/a", "http:/a", "/a?b#c"} {
		f.Add(s)
	}
	site, _ := url.Parse("https://shop.example/login")
	f.Fuzz(func(t *testing.T, s string) {
		got := page.LocalPath(s, "/")
		target, err := site.Parse(got)
		if err != nil || target.Host != "shop.example" || target.Scheme != "https" || strings.ContainsAny(got, "\r\n\\") {
			t.Errorf("%q leads to %q (%v)", s, got, err)
		}
	})
}

func TestWithQuery(t *testing.T) {
	query := url.Values{"q": {"a b"}, "page": {"3"}}
	if got := page.WithQuery("/search", query, "page", "", "sort", "name"); got != "/search?q=a+b&sort=name" {
		t.Error(got)
	}
	if got := page.WithQuery("/search", query, "q", "", "page", ""); got != "/search" {
		t.Error(got)
	}
	if query.Get("page") != "3" {
		t.Error("the query given was changed")
	}
}

func TestPages(t *testing.T) {
	describe := func(p page.Pager) string {
		var b strings.Builder
		for _, l := range p.Links {
			switch {
			case l.Gap:
				b.WriteString("… ")
			case l.Current:
				b.WriteString("[" + l.URL + "] ")
			default:
				b.WriteString(l.URL + " ")
			}
		}
		return strings.TrimSpace(b.String())
	}
	for _, c := range []struct {
		number, total, from, to int
		previous, next, links   string
	}{
		{1, 0, 0, 0, "", "", ""},
		{1, 10, 1, 10, "", "", ""},
		{1, 60, 1, 24, "", "/l?page=2", "[/l] /l?page=2 /l?page=3"},
		{6, 243, 121, 144, "/l?page=5", "/l?page=7", "/l … /l?page=5 [/l?page=6] /l?page=7 … /l?page=11"},
		{99, 243, 241, 243, "/l?page=10", "", "/l … /l?page=10 [/l?page=11]"},
	} {
		p := page.Pages("/l", url.Values{"page": {"9"}}, c.number, 24, c.total)
		if p.From != c.from || p.To != c.to || p.Previous != c.previous || p.Next != c.next || describe(p) != c.links {
			t.Errorf("page %d of %d: %+v, links %q", c.number, c.total, p, describe(p))
		}
	}
}
