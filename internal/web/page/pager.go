package page

import (
	"net/url"
	"strconv"
)

// Pager leads through a list of many pages.
type Pager struct {
	From, To, Total int // records shown, counted from 1
	Previous, Next  string
	Links           []PageLink
}

// PageLink leads to one page; a Gap stands for pages left out.
type PageLink struct {
	Number  int
	URL     string
	Current bool
	Gap     bool
}

// Pages makes the pager of page number (from 1) at size records of total.
// The links keep path and query and set the parameter "page".
func Pages(path string, query url.Values, number, size, total int) Pager {
	if total == 0 || size <= 0 {
		return Pager{}
	}
	last := (total + size - 1) / size
	number = min(max(number, 1), last)
	link := func(n int) string {
		if n < 1 || n > last {
			return ""
		}
		if n == 1 {
			return WithQuery(path, query, "page", "")
		}
		return WithQuery(path, query, "page", strconv.Itoa(n))
	}
	p := Pager{From: (number-1)*size + 1, To: min(number*size, total), Total: total,
		Previous: link(number - 1), Next: link(number + 1)}
	if last == 1 {
		return p
	}
	shown := 0
	for n := 1; n <= last; n++ {
		if n != 1 && n != last && (n < number-1 || n > number+1) {
			continue
		}
		if n > shown+1 {
			p.Links = append(p.Links, PageLink{Gap: true})
		}
		p.Links = append(p.Links, PageLink{Number: n, URL: link(n), Current: n == number})
		shown = n
	}
	return p
}

// PageNumber reads the parameter "page"; anything that is no positive number is 1.
func PageNumber(query url.Values) int {
	n, err := strconv.Atoi(query.Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}
