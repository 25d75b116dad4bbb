package record

import (
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

// includeColumns are the columns of one path, each an array over the related records of one primary record: id of the
// record the relation starts from, own id, attributes, then the ids of the to-one relations.
func (c *compiler) includeColumns(n *include) ([]string, error) {
	alias, from := "t", ""
	previous := "t"
	t := c.query.Type
	var conds []string
	for step, r := range n.chain {
		target, _ := c.schema.Type(r.Target)
		previous = alias
		alias = c.alias("i")
		link := alias + ".id = " + previous + "." + quote(r.Column)
		if r.ToMany {
			inverse, _ := target.Relation(r.Inverse)
			link = alias + "." + quote(inverse.Column) + " = " + previous + ".id"
		}
		link += " AND " + c.visible(target, alias)
		if step == 0 {
			from, conds = quote(target.Table)+" "+alias, append(conds, link)
		} else {
			from += " JOIN " + quote(target.Table) + " " + alias + " ON " + link
		}
		t = target
	}
	attributes, err := c.attributes(t, alias)
	if err != nil {
		return nil, err
	}
	list := []string{previous + ".id::text AS parent", alias + ".id::text AS id",
		"(SELECT row_to_json(a)::text FROM (SELECT " + attributes + ") a) AS attributes"}
	outer := []string{"array_agg(x.parent)", "array_agg(x.id)", "array_agg(x.attributes)"}
	for k, i := range n.ones {
		name := "r" + string(rune('a'+k%26)) + strings.Repeat("_", k/26)
		list = append(list, alias+"."+quote(t.Relations[i].Column)+"::text AS "+name)
		outer = append(outer, "array_agg(x."+name+")")
	}
	inner := "SELECT " + strings.Join(list, ", ") + " FROM " + from + " WHERE " + strings.Join(conds, " AND ") +
		" ORDER BY " + c.includeOrder(n, alias)
	return []string{"(SELECT ARRAY[" + strings.Join(castRows(outer), ", ") + "] FROM (" + inner + ") x)"}, nil
}

// castRows makes the arrays equally long rows of one two-dimensional array, so that each path is one column.
func castRows(aggregates []string) []string { return aggregates }

// includeOrder sorts related records by what the relation names, else by the target's own key fields.
func (c *compiler) includeOrder(n *include, alias string) string {
	var parts []string
	if f, ok := n.target.Field(n.relation.Order); ok && f.Computed == nil {
		parts = append(parts, alias+"."+quote(f.Column))
	}
	for _, name := range n.target.KeyOf {
		if f, ok := n.target.Field(name); ok && f.Computed == nil {
			parts = append(parts, alias+"."+quote(f.Column))
		}
	}
	return strings.Join(append(parts, alias+".id"), ", ")
}

// includesOf are the to-many relations of a type below a path that the query includes, so that linkage can be shown.
func includesOf(tree []*include, path string, t *resource.Type) []*include {
	var of []*include
	for _, n := range tree {
		if n.parent == path && n.owner == t && n.relation.ToMany {
			of = append(of, n)
		}
	}
	return of
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
