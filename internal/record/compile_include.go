package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// include is one path of related records that come along with the primary ones.
type include struct {
	path     string // "category.parent"
	parent   string // "category"; "" for a relation of the primary record
	relation *resource.Relation
	owner    *resource.Type // the type that has the relation
	target   *resource.Type
	chain    []*resource.Relation // from the primary type to the target
	ones     []int                // relation positions of the target whose ids come along
}

// includeTree lists the paths that the query names, parents before children, each once.
func (c *compiler) includeTree() ([]*include, error) {
	var tree []*include
	have := map[string]*include{}
	for _, path := range c.query.Include {
		names := strings.Split(path, ".")
		if len(names) > MaxIncludeDepth {
			return nil, queryError("include", path, "invalid_path", "a path may lead over at most %d relations", MaxIncludeDepth)
		}
		t := c.query.Type
		var chain []*resource.Relation
		for n, name := range names {
			r, ok := t.Relation(name)
			if !ok || !ShowsRelation(c.schema, c.side, c.grants, t, r) {
				return nil, queryError("include", path, "unknown_relation", "%s has no relation %q", t.Name, name)
			}
			target, _ := c.schema.Type(r.Target)
			chain = append(chain, r)
			prefix := strings.Join(names[:n+1], ".")
			if have[prefix] == nil {
				node := &include{path: prefix, parent: strings.Join(names[:n], "."), relation: r, owner: t, target: target,
					chain: append([]*resource.Relation(nil), chain...), ones: c.ones(target)}
				have[prefix] = node
				tree = append(tree, node)
			}
			t = target
		}
	}
	return tree, nil
}

// includeColumn is the column of one path: a two-dimensional array whose rows are, over the related records of one
// primary record, the id of the record the relation starts from, the own id, the attributes, and the ids of the to-one
// relations.
func (c *compiler) includeColumn(n *include) (string, error) {
	t, alias, previous := c.query.Type, "t", ""
	var from, where string
	for step, r := range n.chain {
		target, _ := c.schema.Type(r.Target)
		previous, alias = alias, c.alias("i")
		var link string
		if r.ToMany {
			inverse, _ := target.Relation(r.Inverse)
			link = alias + "." + quote(inverse.Column) + " = " + previous + ".id AND " + c.visibleBelow(target, alias, t, inverse)
		} else {
			link = alias + ".id = " + previous + "." + quote(r.Column) + " AND " + c.visible(target, alias)
		}
		if step == 0 {
			from, where = quote(target.Table)+" "+alias, link
		} else {
			from += " JOIN " + quote(target.Table) + " " + alias + " ON " + link
		}
		t = target
	}
	attributes, err := c.attributes(t, alias)
	if err != nil {
		return "", err
	}
	columns := previous + ".id::text AS c0, " + alias + ".id::text AS c1, (SELECT row_to_json(a)::text FROM (SELECT " + attributes + ") a) AS c2"
	rows := "array_agg(x.c0), array_agg(x.c1), array_agg(x.c2)"
	for k, i := range n.ones {
		columns += fmt.Sprintf(", %s::text AS c%d", c.linked(t, &t.Relations[i], alias), k+3)
		rows += fmt.Sprintf(", array_agg(x.c%d)", k+3)
	}
	limit := ""
	if c.query.MaxIncluded > 0 && n.many() {
		limit = fmt.Sprintf(" LIMIT %d", c.query.MaxIncluded+1)
	}
	return "(SELECT ARRAY[" + rows + "] FROM (SELECT " + columns + " FROM " + from + " WHERE " + where +
		" ORDER BY " + strings.Join(append(c.relationOrder(n.relation, n.target, alias), alias+".id"), ", ") + limit + ") x)", nil
}

// many reports whether the path may lead to several records.
func (n *include) many() bool {
	return slices.ContainsFunc(n.chain, func(r *resource.Relation) bool { return r.ToMany })
}

// visibleMany are a type's to-many relations that a side shows.
func visibleMany(schema *resource.Schema, side access.Side, grants *access.Grants, t *resource.Type) []*resource.Relation {
	var many []*resource.Relation
	for i := range t.Relations {
		if r := &t.Relations[i]; r.ToMany && ShowsRelation(schema, side, grants, t, r) {
			many = append(many, r)
		}
	}
	return many
}
