package record

import "github.com/hanse-commerce/hanse/resource"

// Query asks for records of one resource, whatever surface it came by. Names are wire names.
type Query struct {
	Type    *resource.Type
	Target  resource.Ref        // zero: a list
	Fields  map[string][]string // by type: the fields and relations wanted; a type that is not mentioned shows all
	Include []string            // dotted paths of relations: "category.parent", "units"
	Filters []Filter
	Sort    []Sort
	Search  string // full text
	Number  int    // page, from 1
	Size    int    // records a page
	Total   bool   // count all that match
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
