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

// maxIncluded bounds the records that come along in one answer; whoever wants more asks for their own list.
const maxIncluded = 10_000

// parameters says which families of query parameters an endpoint knows.
type parameters uint8

const (
	takesNothing parameters = 0
	takesShape   parameters = 1 << iota // include, fields
	takesPages                          // filter, sort, page
	takesAll     = takesShape | takesPages
)

// parseQuery reads the query parameters of JSON:API: filter, sort, include, fields, page. Any other is refused, so that a
// misspelt filter never shows everything.
func parseQuery(t *resource.Type, rawQuery string, known parameters) (*record.Query, error) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, problem(http.StatusBadRequest, "invalid_query", "The query string is not percent-encoded properly.")
	}
	q := &record.Query{Type: t, MaxIncluded: maxIncluded}
	if known&takesPages != 0 {
		q.Number, q.Size = 1, defaultPageSize
	}
	for _, name := range sortedKeys(values) {
		for _, value := range values[name] {
			if err := parseParameter(q, name, value, known); err != nil {
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

func parseParameter(q *record.Query, name, value string, known parameters) error {
	family, inner, ok := brackets(name)
	shape, pages := known&takesShape != 0 && ok, known&takesPages != 0 && ok
	switch {
	case shape && family == "include" && len(inner) == 0:
		if value != "" {
			q.Include = append(q.Include, strings.Split(value, ",")...)
		}
		return nil
	case shape && family == "fields" && len(inner) == 1:
		parseFields(q, inner[0], value)
		return nil
	case pages && family == "filter" && (len(inner) == 1 || len(inner) == 2):
		parseFilter(q, inner, value)
		return nil
	case pages && family == "sort" && len(inner) == 0:
		for _, s := range strings.Split(value, ",") {
			path, down := strings.CutPrefix(s, "-")
			q.Sort = append(q.Sort, record.Sort{Path: path, Descending: down})
		}
		return nil
	case pages && family == "page" && len(inner) == 1:
		return parsePage(q, inner[0], value)
	}
	return unknownParameter(name)
}

func unknownParameter(name string) error {
	p := &Problem{Status: http.StatusBadRequest}
	p.add(p.Status, "unknown_parameter", "The query parameter "+strconv.Quote(name)+" is not known here.", map[string]any{"parameter": name})
	return p
}

func parseFields(q *record.Query, typeName, value string) {
	if q.Fields == nil {
		q.Fields = map[string][]string{}
	}
	fields := []string{}
	if value != "" {
		fields = strings.Split(value, ",")
	}
	q.Fields[typeName] = append(q.Fields[typeName], fields...)
}

func parseFilter(q *record.Query, inner []string, value string) {
	if inner[0] == "search" && len(inner) == 1 {
		q.Search = value
		return
	}
	f := record.Filter{Path: inner[0], Operator: resource.Eq, Values: []string{value}}
	if len(inner) == 2 {
		f.Operator = resource.Operator(inner[1])
	}
	if f.Operator == resource.In {
		f.Values = strings.Split(value, ",")
	}
	q.Filters = append(q.Filters, f)
}

func parsePage(q *record.Query, name, value string) error {
	wrong := func(detail string) error {
		return &record.QueryError{Part: "page", Path: name, Code: "invalid_page", Detail: detail}
	}
	n, err := strconv.Atoi(value)
	switch {
	case name == "total" && (value == "true" || value == "false"):
		q.Total = value == "true"
	case name == "total":
		return wrong("total is true or false")
	case name != "number" && name != "size":
		return unknownParameter("page[" + name + "]")
	case err != nil || n < 1:
		return wrong("expected a whole number from 1")
	case name == "size" && n > record.MaxPageSize:
		return wrong("the size is at most " + strconv.Itoa(record.MaxPageSize))
	case name == "size":
		q.Size = n
	case n > record.MaxPageNumber:
		return wrong("the number is at most " + strconv.Itoa(record.MaxPageNumber))
	default:
		q.Number = n
	}
	return nil
}

// brackets takes "filter[a][b]" apart.
func brackets(name string) (family string, inner []string, ok bool) {
	family, rest, found := strings.Cut(name, "[")
	if !found {
		return family, nil, true
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
		return parseQuery(t, rawQuery, takesAll)
	}
	target, err := resource.ParseRef(segments[1])
	if err != nil {
		return nil, problem(http.StatusNotFound, "not_found", "There is no record %q among %s.", segments[1], t.Name)
	}
	if len(segments) == 3 {
		return relatedQuery(schema, t, target, segments[2], rawQuery)
	}
	q, err := parseQuery(t, rawQuery, takesShape)
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
	known := takesShape
	if r.ToMany {
		known = takesAll
	}
	q, err := parseQuery(of, rawQuery, known)
	if err != nil {
		return nil, err
	}
	q.Of = &record.Origin{Type: t, Target: target, Relation: name}
	return q, nil
}
