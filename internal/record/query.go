package record

import (
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
	// MaxIncluded is how many related records may come along in all; beyond it the query fails. 0: any number.
	MaxIncluded int
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
