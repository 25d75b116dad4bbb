package backoffice

import (
	"net/url"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

const gridSize = 25

// A grid's address has these parameters: q (full text), is.FIELD (a quick filter), filter=PATH:OPERATOR:VALUE (any number),
// sort (a field, with a minus for descending), page, columns; field, op and value come from the form that adds a filter.
const quickPrefix = "is."

// gridQuery reads a grid's address.
func gridQuery(t *resource.Type, values url.Values) *record.Query {
	q := &record.Query{Type: t, Number: page.PageNumber(values), Size: gridSize, Total: true}
	if searchable(t) {
		q.Search = strings.TrimSpace(values.Get("q"))
	}
	for _, f := range values["filter"] {
		if parsed, ok := parseFilter(f); ok {
			q.Filters = append(q.Filters, parsed)
		}
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if value := values.Get(quickPrefix + f.Name); value != "" && isQuick(f) {
			q.Filters = append(q.Filters, record.Filter{Path: f.Name, Operator: resource.Eq, Values: []string{value}})
		}
	}
	name, descending := strings.CutPrefix(values.Get("sort"), "-")
	if sortable(t, name) {
		q.Sort = []record.Sort{{Path: name, Descending: descending}}
	} else {
		q.Sort = defaultSort(t)
	}
	return q
}

// parseFilter reads PATH:OPERATOR:VALUE; of a range and a list the value holds several.
func parseFilter(s string) (record.Filter, bool) {
	path, rest, ok := strings.Cut(s, ":")
	op, value, more := strings.Cut(rest, ":")
	if !ok || !more || path == "" || !slices.Contains(resource.Operators, resource.Operator(op)) {
		return record.Filter{}, false
	}
	f := record.Filter{Path: path, Operator: resource.Operator(op), Values: []string{value}}
	if f.Operator == resource.In {
		f.Values = strings.Split(value, ",")
	}
	return f, true
}

// addedFilter takes the filter that the form added into the address; ok is false where it added none.
func addedFilter(values url.Values) (changed url.Values, ok bool) {
	field, op, value := values.Get("field"), values.Get("op"), strings.TrimSpace(values.Get("value"))
	if !values.Has("field") {
		return nil, false
	}
	changed = url.Values{}
	for name, list := range values {
		if name != "field" && name != "op" && name != "value" && name != "page" {
			changed[name] = slices.Clone(list)
		}
	}
	if op == string(resource.Exists) && value == "" {
		value = "true"
	}
	if field != "" && value != "" {
		changed.Add("filter", field+":"+op+":"+value)
	}
	return changed, true
}

// isQuick tells whether a field has so few values that a filter can offer them all.
func isQuick(f *resource.Field) bool {
	if !f.Filterable || f.Computed != nil {
		return false
	}
	_, enum := f.Kind.(resource.Enumeration)
	return enum || f.Kind.Name() == "boolean"
}

// without is the address without one value of a parameter.
func without(path string, values url.Values, name, value string) string {
	changed := url.Values{}
	for n, list := range values {
		if n == "page" {
			continue
		}
		for _, v := range list {
			if n != name || v != value {
				changed.Add(n, v)
			}
		}
	}
	if len(changed) == 0 {
		return path
	}
	return path + "?" + changed.Encode()
}
