package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hanse-commerce/hanse/resource"
)

// QueryError is a request that the definitions do not allow. Part is "filter", "sort", "include", "fields", "page", "id"
// or "type"; Path is what stood there. Code is stable.
type QueryError struct {
	Part, Path string
	Operator   resource.Operator // of a filter
	Code       string
	Detail     string
}

func (e *QueryError) Error() string { return fmt.Sprintf("%s %q: %s", e.Part, e.Path, e.Detail) }

func queryError(part, path, code, format string, a ...any) *QueryError {
	return &QueryError{Part: part, Path: path, Code: code, Detail: fmt.Sprintf(format, a...)}
}

// Limits of one query; beyond them it is refused before any SQL is sent.
const (
	MaxIncludeDepth = 3
	MaxIncludes     = 20
	MaxFilters      = 30
	MaxValues       = 200
	MaxValueLength  = 4000 // bytes
	MaxSearchLength = 400  // bytes
	MaxSorts        = 8
	MaxFields       = 500 // of all sparse fieldsets
	MaxPageSize     = 100
	MaxPageNumber   = 1_000_000
	maxJoins        = 16 // relations that filters and sorts lead over
)

// check refuses what no definition could allow. What depends on the definitions is found while compiling, and what on the
// values alone when they are bound.
func (q *Query) check() error {
	switch {
	case len(q.Filters) > MaxFilters:
		return queryError("filter", q.Filters[MaxFilters].Path, "too_many", "at most %d filters are allowed", MaxFilters)
	case len(q.Include) > MaxIncludes:
		return queryError("include", q.Include[MaxIncludes], "too_many", "at most %d paths are allowed", MaxIncludes)
	case len(q.Sort) > MaxSorts:
		return queryError("sort", q.Sort[MaxSorts].Path, "too_many", "at most %d sort fields are allowed", MaxSorts)
	case q.Size < 0 || q.Size > MaxPageSize:
		return queryError("page", "size", "invalid_page", "the page size must be between 1 and %d", MaxPageSize)
	case q.Number < 0 || q.Number > MaxPageNumber:
		return queryError("page", "number", "invalid_page", "the page number must be between 1 and %d", MaxPageNumber)
	case len(q.Search) > MaxSearchLength || !plainText(q.Search):
		return queryError("filter", "search", "invalid_value", "the words are UTF-8 text of at most %d bytes", MaxSearchLength)
	case !plainRef(q.Target):
		return queryError("id", "", "invalid_id", "the id is not UTF-8 text")
	case q.Of != nil && !plainRef(q.Of.Target):
		return queryError("id", "", "invalid_id", "the id is not UTF-8 text")
	}
	fields := 0
	for name, list := range q.Fields {
		if fields += len(list); fields > MaxFields {
			return queryError("fields", name, "too_many", "at most %d fields are allowed", MaxFields)
		}
	}
	for i := range q.Filters {
		if err := q.Filters[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (f *Filter) check() error {
	switch {
	case !slices.Contains(resource.Operators, f.Operator):
		return f.refuse("unknown_operator", "there is no operator %q", f.Operator)
	case len(f.Values) == 0:
		return f.refuse("invalid_value", "a value is missing")
	case len(f.Values) > 1 && f.Operator != resource.In:
		return f.refuse("invalid_value", "the operator %q takes one value; use in for several", f.Operator)
	case len(f.Values) > MaxValues:
		return f.refuse("too_many", "at most %d values are allowed in one filter", MaxValues)
	}
	for _, v := range f.Values {
		if len(v) > MaxValueLength || !plainText(v) {
			return f.refuse("invalid_value", "a value is UTF-8 text of at most %d bytes", MaxValueLength)
		}
	}
	switch f.Operator {
	case resource.Exists:
		if _, err := resource.Boolean("x").Kind.ParseText(f.Values[0]); err != nil {
			return f.refuse("invalid_value", "exists is true or false")
		}
	case resource.Range:
		if !strings.Contains(f.Values[0], "..") {
			return f.refuse("invalid_value", `a range is written as "from..to"`)
		}
	}
	return nil
}

func (f *Filter) refuse(code, format string, a ...any) *QueryError {
	e := queryError("filter", f.Path, code, format, a...)
	e.Operator = f.Operator
	return e
}

// plainText is what PostgreSQL takes as text.
func plainText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func plainRef(r resource.Ref) bool {
	return plainText(r.System) && plainText(r.External) && !slices.ContainsFunc(r.Key, func(s string) bool { return !plainText(s) })
}
