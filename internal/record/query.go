package record

import (
	"fmt"

	"github.com/hanse-commerce/hanse/resource"
)

// Query asks for records of one resource, whatever surface it came by. Names are wire names.
type Query struct {
	Type    *resource.Type
	Target  resource.Ref        // zero: a list
	Of      *Origin             // set: only the records that another record's relation names
	Fields  map[string][]string // by type: the fields and relations wanted; a type that is not mentioned shows all
	Include []string            // dotted paths of relations: "category.parent", "units"
	Filters []Filter
	Sort    []Sort
	Search  string // full text, in the words a person types
	Number  int    // page, from 1
	Size    int    // records a page; 0 streams all of them
	Total   bool   // count all that match
}

// Origin is the record and the relation of it that a related or relationship endpoint starts from.
type Origin struct {
	Type     *resource.Type
	Target   resource.Ref
	Relation string
}

// Filter compares one field, reached over to-one relations, with values.
type Filter struct {
	Path     string // "sku", "product.sku", "category" (a relation takes references), "id"
	Operator resource.Operator
	Values   []string
}

// Sort is one order of a list.
type Sort struct {
	Path       string
	Descending bool
}

// QueryError is a request that the definitions do not allow. Part is "filter", "sort", "include", "fields", "page" or
// "id"; Path is what stood there. Code is stable.
type QueryError struct {
	Part, Path string
	Code       string
	Detail     string
}

func (e *QueryError) Error() string { return fmt.Sprintf("%s %q: %s", e.Part, e.Path, e.Detail) }

func queryError(part, path, code, format string, a ...any) *QueryError {
	return &QueryError{Part: part, Path: path, Code: code, Detail: fmt.Sprintf(format, a...)}
}

// Limits of one query; beyond them it is refused before any SQL is made.
const (
	MaxIncludeDepth = 3
	MaxIncludes     = 20
	MaxFilters      = 30
	MaxValues       = 200
	MaxSorts        = 8
	MaxPageSize     = 100
)

func (q *Query) checkLimits() error {
	switch {
	case len(q.Filters) > MaxFilters:
		return queryError("filter", q.Filters[MaxFilters].Path, "too_many", "at most %d filters are allowed", MaxFilters)
	case len(q.Include) > MaxIncludes:
		return queryError("include", q.Include[MaxIncludes], "too_many", "at most %d paths are allowed", MaxIncludes)
	case len(q.Sort) > MaxSorts:
		return queryError("sort", q.Sort[MaxSorts].Path, "too_many", "at most %d sort fields are allowed", MaxSorts)
	case q.Size < 0 || q.Size > MaxPageSize:
		return queryError("page", "size", "invalid_page", "the page size must be between 1 and %d", MaxPageSize)
	case q.Number < 0 || q.Number > 10_000_000:
		return queryError("page", "number", "invalid_page", "the page number must be between 1 and 10000000")
	}
	for _, f := range q.Filters {
		if len(f.Values) > MaxValues {
			return queryError("filter", f.Path, "too_many", "at most %d values are allowed in one filter", MaxValues)
		}
	}
	return nil
}
