package record

import (
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// operand is what a path leads to: a field's expression or, with a target, a column of ids.
type operand struct {
	sql, sqlType string
	kind         resource.Kind
	target       *resource.Type
	mandatory    bool
}

// filter compiles the i-th filter of the query.
func (c *compiler) filter(i int) (string, error) {
	f := c.query.Filters[i]
	o, err := c.resolve("filter", f.Path)
	if err != nil {
		return "", err
	}
	if f.Operator == resource.Exists {
		return c.exists(i, o)
	}
	if o.target != nil {
		return c.filterRelation(i, o)
	}
	if !slices.Contains(o.kind.Operators(), f.Operator) {
		return "", operatorError(f, o.kind.Operators())
	}
	if err := countValues(f); err != nil {
		return "", err
	}
	return c.compare(i, o), nil
}

func operatorError(f Filter, offered []resource.Operator) error {
	names := make([]string, len(offered))
	for i, o := range offered {
		names[i] = string(o)
	}
	return queryError("filter", f.Path, "unknown_operator", "the operator %q is not offered here; use one of %s", f.Operator, strings.Join(names, ", "))
}

func countValues(f Filter) error {
	if f.Operator != resource.In && len(f.Values) != 1 {
		return queryError("filter", f.Path, "invalid_value", "the operator %q takes one value; use in for several", f.Operator)
	}
	if len(f.Values) == 0 {
		return queryError("filter", f.Path, "invalid_value", "a value is missing")
	}
	return nil
}

var comparisons = map[resource.Operator]string{resource.Eq: " = ", resource.Neq: " IS DISTINCT FROM ",
	resource.Lt: " < ", resource.Lte: " <= ", resource.Gt: " > ", resource.Gte: " >= "}

func (c *compiler) compare(i int, o operand) string {
	cast := "::" + bareType(o.sqlType)
	f := c.query.Filters[i]
	switch f.Operator {
	case resource.In:
		return o.sql + " = ANY (" + c.arg(func(q *Query, _ *access.Caller) (any, error) {
			values := make([]string, len(q.Filters[i].Values))
			for n, v := range q.Filters[i].Values {
				text, err := parseValue(q.Filters[i], o.kind, v)
				if err != nil {
					return nil, err
				}
				values[n] = text
			}
			return values, nil
		}) + "::text[]" + cast + "[])"
	case resource.Contains, resource.StartsWith, resource.EndsWith:
		return o.sql + "::text ILIKE " + c.arg(func(q *Query, _ *access.Caller) (any, error) {
			return pattern(q.Filters[i].Operator, q.Filters[i].Values[0]), nil
		}) + "::text"
	case resource.Range:
		return c.between(i, o, cast)
	}
	return o.sql + comparisons[f.Operator] + c.arg(func(q *Query, _ *access.Caller) (any, error) {
		return parseValue(q.Filters[i], o.kind, q.Filters[i].Values[0])
	}) + cast
}

// between is true from the first bound to the second, both included; an empty bound is open.
func (c *compiler) between(i int, o operand, cast string) string {
	bound := func(first bool) string {
		return c.arg(func(q *Query, _ *access.Caller) (any, error) {
			low, high, ok := strings.Cut(q.Filters[i].Values[0], "..")
			if !ok {
				return nil, queryError("filter", q.Filters[i].Path, "invalid_value", `a range is written as "from..to"`)
			}
			if !first {
				low = high
			}
			if low == "" {
				return nil, nil
			}
			return parseValue(q.Filters[i], o.kind, low)
		}) + cast
	}
	low, high := bound(true), bound(false)
	return "(" + low + " IS NULL OR " + o.sql + " >= " + low + ") AND (" + high + " IS NULL OR " + o.sql + " <= " + high + ")"
}

func parseValue(f Filter, kind resource.Kind, value string) (string, error) {
	if m, ok := kind.(resource.Comparer); ok && m != nil {
		kind = resource.Text("x").Max(4000).Kind // compared as the text of one language
	}
	text, err := kind.ParseText(value)
	if err != nil {
		return "", queryError("filter", f.Path, "invalid_value", "%s", err)
	}
	return text, nil
}

// pattern escapes what LIKE would take for its own.
func pattern(op resource.Operator, value string) string {
	value = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, "\x00", "").Replace(value)
	switch op {
	case resource.StartsWith:
		return value + "%"
	case resource.EndsWith:
		return "%" + value
	}
	return "%" + value + "%"
}

func (c *compiler) exists(i int, o operand) (string, error) {
	if err := countValues(c.query.Filters[i]); err != nil {
		return "", err
	}
	return "(" + o.sql + " IS NOT NULL) = " + c.arg(func(q *Query, _ *access.Caller) (any, error) {
		v, err := resource.Boolean("x").Kind.ParseText(q.Filters[i].Values[0])
		if err != nil {
			return nil, queryError("filter", q.Filters[i].Path, "invalid_value", "exists is true or false")
		}
		return v, nil
	}) + "::boolean", nil
}

// filterRelation compares a column of ids with references in any of their forms.
func (c *compiler) filterRelation(i int, o operand) (string, error) {
	f := c.query.Filters[i]
	offered := []resource.Operator{resource.Eq, resource.Neq, resource.In}
	up := Above(o.target)
	if up != nil {
		offered = append(offered, resource.Below)
	}
	if !slices.Contains(offered, f.Operator) {
		return "", operatorError(f, append(offered, resource.Exists))
	}
	if err := countValues(f); err != nil {
		return "", err
	}
	var terms []string
	for n, v := range f.Values {
		ref, err := resource.ParseRef(v)
		if err != nil {
			return "", queryError("filter", f.Path, "invalid_value", "%s", err)
		}
		of := func(q *Query) resource.Ref {
			r, _ := resource.ParseRef(q.Filters[i].Values[n])
			return r
		}
		var term string
		if f.Operator == resource.Below {
			term, err = c.below(o, up, ref, of)
		} else {
			term, err = c.matches(o.target, o.sql, ref, of)
		}
		if err != nil {
			return "", err
		}
		terms = append(terms, term)
	}
	any := "(" + strings.Join(terms, " OR ") + ")"
	if f.Operator == resource.Neq {
		return any + " IS NOT TRUE", nil
	}
	return any, nil
}

// Above is the relation of a tree's records to the one above them, nil where records form no tree.
func Above(t *resource.Type) *resource.Relation {
	if r, ok := t.Relation("parent"); ok && !r.ToMany && r.Target == t.Name {
		return r
	}
	return nil
}

// below compares a column of ids with a record and all below it. UNION drops what was seen, so that a circle ends.
func (c *compiler) below(o operand, up *resource.Relation, ref resource.Ref, of func(*Query) resource.Ref) (string, error) {
	top, node, tree := c.alias("b"), c.alias("b"), c.alias("below")
	match, err := c.matches(o.target, top+".id", ref, of)
	table := quote(o.target.Table)
	return o.sql + " IN (WITH RECURSIVE " + tree + " AS (SELECT " + top + ".id FROM " + table + " " + top + " WHERE " + match +
		" UNION SELECT " + node + ".id FROM " + table + " " + node + " JOIN " + tree + " ON " + node + "." + quote(up.Column) +
		" = " + tree + ".id) SELECT id FROM " + tree + ")", err
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
		t = target
	}
	return c.resolveLast(part, path, t, alias, names[len(names)-1])
}

func (c *compiler) resolveLast(part, path string, t *resource.Type, alias, name string) (operand, error) {
	if name == "id" {
		return operand{sql: alias + ".id", sqlType: "uuid", target: t, mandatory: true}, nil
	}
	if f, ok := t.Field(name); ok && c.shows(t, f) {
		if !f.Filterable {
			return operand{}, queryError(part, path, "not_filterable", "%s cannot be filtered or sorted by %s", t.Name, name)
		}
		expr, err := c.column(t, f, alias)
		o := operand{sql: expr, sqlType: f.Kind.SQL(), kind: f.Kind, mandatory: f.Mandatory}
		if m, ok := f.Kind.(resource.Comparer); ok {
			if o.sql, o.sqlType = m.Operand(expr, c.language()); err == nil {
				o.sql, err = c.localize(o.sql)
			}
		}
		return o, err
	}
	if r, ok := t.Relation(name); ok && ShowsRelation(c.schema, c.side, c.grants, t, r) && !r.ToMany {
		target, _ := c.schema.Type(r.Target)
		return operand{sql: alias + "." + quote(r.Column), sqlType: "uuid", target: target}, nil
	}
	for _, b := range builtins {
		if b.name == name && b.column != "" {
			return operand{sql: alias + "." + b.column, sqlType: b.kind.SQL(), kind: b.kind, mandatory: true}, nil
		}
	}
	return operand{}, queryError(part, path, "unknown_field", "%s has no field %q", t.Name, name)
}

// join adds a to-one relation's target to the statement once and gives its alias. On the storefront a target that the
// buyer may not see joins as nothing, so that a filter cannot probe it.
func (c *compiler) join(path, from string, r *resource.Relation, target *resource.Type) string {
	if a, ok := c.joins[path]; ok {
		return a
	}
	a := c.alias("j")
	c.joins[path] = a
	on := a + ".id = " + from + "." + quote(r.Column)
	if c.side == access.Storefront {
		on += " AND " + c.visible(target, a)
	}
	c.from.WriteString(" LEFT JOIN " + quote(target.Table) + " " + a + " ON " + on)
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
	if len(parts) == 0 && c.query.Search != "" { // the best match first
		parts = append(parts, "ts_rank(t.search, "+c.searched()+") DESC")
	}
	return strings.Join(append(parts, "t.id"), ", "), nil
}
