package record

import "github.com/hanse-commerce/hanse/resource"

// Row is one primary record of an answer as PostgreSQL built it. It is valid until the next row.
type Row struct {
	ID         []byte
	Revision   int64
	Attributes []byte // JSON object
	Ones       []One
	Includes   [][]Included // by include path, in the order of Answer.Paths
}

// One is the linkage of a to-one relation; ID is nil where there is none.
type One struct {
	Relation *resource.Relation
	ID       []byte
}

// Included is a related record that came along.
type Included struct {
	Parent, ID string
	Attributes string
	Ones       []One
}

// Path describes one include path of an answer.
type Path struct {
	Name, Parent string // "category.parent", "category"
	Relation     *resource.Relation
	Target       *resource.Type
	Many         []*resource.Relation // to-many relations of the target that the side shows
}

// Answer is what holds for all rows.
type Answer struct {
	Type  *resource.Type
	Paths []Path
	Many  []*resource.Relation // to-many relations of the primary type that the side shows
	More  bool                 // there is a next page; known after the last row
	Total int64                // -1 unless asked for
}

func (c *compiler) paths(tree []*include) []Path {
	paths := make([]Path, len(tree))
	for i, n := range tree {
		paths[i] = Path{Name: n.path, Parent: n.parent, Relation: n.relation, Target: n.target,
			Many: visibleMany(c.schema, c.side, c.grants, n.target)}
	}
	return paths
}
