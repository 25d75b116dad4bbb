package jsonapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// defaultPageSize holds where the client names none.
const defaultPageSize = 25

// parseQuery reads the query parameters of JSON:API: filter, sort, include, fields, page. Any other is refused, so that a
// misspelt filter never shows everything.
func parseQuery(t *resource.Type, rawQuery string, list bool) (*record.Query, error) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, problem(http.StatusBadRequest, "invalid_query", "The query string is not percent-encoded properly.")
	}
	q := &record.Query{Type: t, Number: 1}
	if list {
		q.Size = defaultPageSize
	}
	for _, name := range sortedKeys(values) {
		for _, value := range values[name] {
			if err := parseParameter(q, name, value, list); err != nil {
				return nil, err
			}
		}
	}
	return q, nil
}

func sortedKeys(values url.Values) []string {
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func parseParameter(q *record.Query, name, value string, list bool) error {
	family, inner, ok := brackets(name)
	switch {
	case family == "include" && len(inner) == 0:
		if value != "" {
			q.Include = append(q.Include, strings.Split(value, ",")...)
		}
		return nil
	case family == "fields" && len(inner) == 1:
		if q.Fields == nil {
			q.Fields = map[string][]string{}
		}
		fields := []string{}
		if value != "" {
			fields = strings.Split(value, ",")
		}
		q.Fields[inner[0]] = append(q.Fields[inner[0]], fields...)
		return nil
	case !ok || !list:
	case family == "filter" && (len(inner) == 1 || len(inner) == 2):
		return parseFilter(q, inner, value)
	case family == "sort" && len(inner) == 0:
		for _, s := range strings.Split(value, ",") {
			path, down := strings.CutPrefix(s, "-")
			q.Sort = append(q.Sort, record.Sort{Path: path, Descending: down})
		}
		return nil
	case family == "page" && len(inner) == 1:
		return parsePage(q, inner[0], value)
	}
	p := &Problem{Status: http.StatusBadRequest}
	p.add(p.Status, "unknown_parameter", "The query parameter "+strconv.Quote(name)+" is not known here.", map[string]any{"parameter": name})
	return p
}

func parseFilter(q *record.Query, inner []string, value string) error {
	if inner[0] == "search" && len(inner) == 1 {
		q.Search = value
		return nil
	}
	f := record.Filter{Path: inner[0], Operator: resource.Eq}
	if len(inner) == 2 {
		f.Operator = resource.Operator(inner[1])
		if !slices.Contains(resource.Operators, f.Operator) {
			return &record.QueryError{Part: "filter", Path: inner[0] + "][" + inner[1], Code: "unknown_operator",
				Detail: "there is no operator " + strconv.Quote(inner[1])}
		}
	}
	f.Values = []string{value}
	if f.Operator == resource.In {
		f.Values = strings.Split(value, ",")
	}
	q.Filters = append(q.Filters, f)
	return nil
}

func parsePage(q *record.Query, name, value string) error {
	wrong := func(detail string) error {
		return &record.QueryError{Part: "page", Path: name, Code: "invalid_page", Detail: detail}
	}
	if name == "total" {
		if value != "true" && value != "false" {
			return wrong("total is true or false")
		}
		q.Total = value == "true"
		return nil
	}
	n, err := strconv.Atoi(value)
	switch {
	case name != "number" && name != "size":
		return wrong("a page has number, size and total")
	case err != nil || n < 1:
		return wrong("expected a whole number from 1")
	case name == "size" && n > record.MaxPageSize:
		return wrong("the size is at most " + strconv.Itoa(record.MaxPageSize))
	case name == "size":
		q.Size = n
	default:
		q.Number = n
	}
	return nil
}

// brackets takes "filter[a][b]" apart.
func brackets(name string) (family string, inner []string, ok bool) {
	family, rest, _ := strings.Cut(name, "[")
	if rest == "" {
		return family, nil, !strings.Contains(name, "[")
	}
	rest, closed := strings.CutSuffix(rest, "]")
	if !closed {
		return family, nil, false
	}
	inner = strings.Split(rest, "][")
	for _, s := range inner {
		if strings.ContainsAny(s, "[]") {
			return family, nil, false
		}
	}
	return family, inner, true
}

// Query is the query that a GET of a path below a base runs: "products?page[size]=24", "products/key:A-1" or
// "products/key:A-1/units".
func Query(schema *resource.Schema, pathAndQuery string) (*record.Query, error) {
	path, rawQuery, _ := strings.Cut(pathAndQuery, "?")
	segments, err := split(path)
	if err != nil || len(segments) == 0 || len(segments) > 3 {
		return nil, problem(http.StatusBadRequest, "invalid_path", "The path %q is neither a list, a record nor what one is related to.", path)
	}
	t, ok := schema.Type(segments[0])
	if !ok {
		return nil, problem(http.StatusNotFound, "unknown_type", "There is no resource %q.", segments[0])
	}
	if len(segments) == 1 {
		return parseQuery(t, rawQuery, true)
	}
	target, err := resource.ParseRef(segments[1])
	if err != nil {
		return nil, problem(http.StatusNotFound, "not_found", "There is no record %q among %s.", segments[1], t.Name)
	}
	if len(segments) == 3 {
		return relatedQuery(schema, t, target, segments[2], rawQuery)
	}
	q, err := parseQuery(t, rawQuery, false)
	if err != nil {
		return nil, err
	}
	q.Target = target
	return q, nil
}

func relatedQuery(schema *resource.Schema, t *resource.Type, target resource.Ref, name, rawQuery string) (*record.Query, error) {
	r, ok := t.Relation(name)
	if !ok {
		return nil, problem(http.StatusNotFound, "unknown_relation", "%s have no relation %q.", t.Name, name)
	}
	of, _ := schema.Type(r.Target)
	q, err := parseQuery(of, rawQuery, r.ToMany)
	if err != nil {
		return nil, err
	}
	q.Of = &record.Origin{Type: t, Target: target, Relation: name}
	return q, nil
}
