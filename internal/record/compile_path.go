package record

import (
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// operand is what a path leads to: a field's expression or, with a target, a column of ids.
type operand struct {
	sql string
	// visible gives the same, null where it is the id of a record that the caller may not see; nil if there is no such.
	// It is asked only where it is needed: what it adds to the parameters must stand in the statement.
	visible   func() string
	sqlType   string
	kind      resource.Kind
	target    *resource.Type
	seen      bool // an id of records that the statement limits to visible ones
	mandatory bool
}

// resolve follows a path of to-one relations to a field or to a relation.
func (c *compiler) resolve(part, path string) (operand, error) {
	t, alias := c.query.Type, "t"
	names := strings.Split(path, ".")
	if len(names) > MaxIncludeDepth+1 {
		return operand{}, queryError(part, path, "invalid_path", "a path may lead over at most %d relations", MaxIncludeDepth)
	}
	for n, name := range names[:len(names)-1] {
		r, ok := t.Relation(name)
		if !ok || !ShowsRelation(c.schema, c.side, c.grants, t, r) {
			return operand{}, queryError(part, path, "unknown_field", "%s has no relation %q", t.Name, name)
		}
		if r.ToMany {
			return operand{}, queryError(part, path, "invalid_path", "%q leads to several records; only to-one relations can be followed", name)
		}
		target, _ := c.schema.Type(r.Target)
		alias = c.join(strings.Join(names[:n+1], "."), alias, r, target)
		if len(c.joins) > maxJoins {
			return operand{}, queryError(part, path, "too_many", "filters and sort fields may lead over at most %d relations in all", maxJoins)
		}
		t = target
	}
	return c.resolveLast(part, path, t, alias, names[len(names)-1])
}

func (c *compiler) resolveLast(part, path string, t *resource.Type, alias, name string) (operand, error) {
	if name == "id" {
		id := alias + ".id"
		return operand{sql: id, sqlType: "uuid", target: t, seen: true, mandatory: alias == "t"}, nil
	}
	if f, ok := t.Field(name); ok && c.shows(t, f) {
		if !f.Filterable {
			return operand{}, queryError(part, path, "not_filterable", "%s cannot be filtered or sorted by %s", t.Name, name)
		}
		expr, err := c.column(t, f, alias)
		o := operand{sql: expr, sqlType: f.Kind.SQL(), kind: f.Kind, mandatory: f.Mandatory && alias == "t"}
		if m, ok := f.Kind.(resource.Comparer); ok {
			if o.sql, o.sqlType = m.Operand(expr, c.language()); err == nil {
				o.sql, err = c.localize(o.sql)
			}
		}
		return o, err
	}
	if r, ok := t.Relation(name); ok && ShowsRelation(c.schema, c.side, c.grants, t, r) && !r.ToMany {
		target, _ := c.schema.Type(r.Target)
		return operand{sql: alias + "." + quote(r.Column), visible: func() string { return c.linked(t, r, alias) }, sqlType: "uuid", target: target}, nil
	}
	for _, b := range builtins {
		if b.name == name && b.column != "" && c.showsBuiltin(t, &b) {
			column := alias + "." + b.column
			return operand{sql: column, sqlType: b.kind.SQL(), kind: b.kind, mandatory: alias == "t"}, nil
		}
	}
	return operand{}, queryError(part, path, "unknown_field", "%s has no field %q", t.Name, name)
}

// join adds a to-one relation's target to the statement once and gives its alias. A target that the caller may not see
// joins as nothing, so that a filter cannot probe it.
func (c *compiler) join(path, from string, r *resource.Relation, target *resource.Type) string {
	if a, ok := c.joins[path]; ok {
		return a
	}
	a := c.alias("j")
	c.joins[path] = a
	c.from.WriteString(" LEFT JOIN " + quote(target.Table) + " " + a + " ON " + a + ".id = " + from + "." + quote(r.Column) + " AND " + c.visible(target, a))
	return a
}

// order is the ORDER BY list, which always ends with the id so that pages do not overlap.
func (c *compiler) order() (string, error) {
	var parts []string
	for _, s := range c.query.Sort {
		o, err := c.resolve("sort", s.Path)
		if err != nil {
			return "", err
		}
		if o.target != nil && !strings.HasSuffix(o.sql, ".id") {
			return "", queryError("sort", s.Path, "not_filterable", "a list cannot be sorted by a relation; name a field of it")
		}
		term := o.sql
		if s.Descending {
			term += " DESC"
		}
		if !o.mandatory {
			term += " NULLS LAST"
		}
		parts = append(parts, term)
	}
	if len(parts) == 0 {
		parts = c.naturalOrder()
	}
	return strings.Join(append(parts, "t.id"), ", "), nil
}

// naturalOrder holds where the query names none: of a search the best match first, of related records that of the relation.
func (c *compiler) naturalOrder() []string {
	q := c.query
	if q.Search != "" {
		return []string{"ts_rank(t.search, " + c.searched() + ") DESC"}
	}
	if q.Of != nil {
		if r, ok := q.Of.Type.Relation(q.Of.Relation); ok {
			return c.relationOrder(r, q.Type, "t")
		}
	}
	return nil
}

// relationOrder sorts related records by what the relation names, else by the target's own key fields.
func (c *compiler) relationOrder(r *resource.Relation, target *resource.Type, alias string) (parts []string) {
	if f, ok := target.Field(r.Order); ok && f.Computed == nil {
		parts = append(parts, alias+"."+quote(f.Column))
	}
	for _, name := range target.KeyOf {
		if f, ok := target.Field(name); ok && f.Computed == nil && f.Name != r.Order {
			parts = append(parts, alias+"."+quote(f.Column))
		}
	}
	return parts
}

// bareType drops length and precision, so that a comparison does not round what it compares with.
func bareType(sql string) string {
	if i := strings.IndexByte(sql, '('); i >= 0 {
		return sql[:i]
	}
	return sql
}
