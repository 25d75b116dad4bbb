package record

import (
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// place is where in a query something stands, for errors.
type place struct {
	part, path string
	operator   resource.Operator
}

func (p place) refuse(code, format string, a ...any) *QueryError {
	e := queryError(p.part, p.path, code, format, a...)
	e.Operator = p.operator
	return e
}

// matches says that the id column is that of the record a reference names. The record must be visible, if the column does
// not belong to records that are so already.
func (c *compiler) matches(t *resource.Type, column string, at place, ref resource.Ref, of func(*Query) resource.Ref) (string, error) {
	if ref.ID != "" {
		return column + " = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).ID, nil }) + "::uuid", nil
	}
	sub, err := c.lookup(t, at, ref, of)
	return column + " = (" + sub + ")", err
}

// lookup is a subselect that gives the id of the visible record a key or an external id names.
func (c *compiler) lookup(t *resource.Type, at place, ref resource.Ref, of func(*Query) resource.Ref) (string, error) {
	k := c.alias("k")
	if ref.System != "" {
		e := c.alias("e")
		return "SELECT " + k + ".id FROM external_id " + e + " JOIN " + quote(t.Table) + " " + k + " ON " + k + ".id = " + e + ".record_id AND " +
			c.visible(t, k) + " WHERE " + e + ".organization_id = " + c.value("organization") + " AND " + e + ".type = " + literal(t.Name) +
			" AND " + e + ".system = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).System, nil }) +
			"::text AND " + e + ".external_id = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).External, nil }) + "::text", nil
	}
	leaves := c.schema.Key(t)
	if len(leaves) == 0 {
		return "", at.refuse("no_key", "%s have no natural key; use the id or an external id", t.Name)
	}
	if len(leaves) != len(ref.Key) {
		return "", at.refuse("invalid_key", "the key of %s has %d parts joined by |: %s", t.Name, len(leaves), KeyDoc(c.schema, t))
	}
	key := &keyed{at: at, parts: ref.Key, of: of}
	from, conds := c.keyConditions(t, k, key)
	return "SELECT " + k + ".id FROM " + quote(t.Table) + " " + k + from + " WHERE " + conds, nil
}

// keyed is a natural key on its way into a statement.
type keyed struct {
	at    place
	parts []string // as they stand in the query that is compiled; of others only which are empty is the same
	next  int
	of    func(*Query) resource.Ref
}

// keyConditions compares each leaf of the natural key with its part, joining the targets of relations in it.
func (c *compiler) keyConditions(t *resource.Type, alias string, key *keyed) (from, conds string) {
	all := []string{c.visible(t, alias)}
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			all = append(all, alias+"."+quote(f.Column)+c.keyPart(f, key))
			continue
		}
		r, _ := t.Relation(name)
		target, _ := c.schema.Type(r.Target)
		if n := len(c.schema.Key(target)); !r.Mandatory && strings.Join(key.parts[key.next:key.next+n], "") == "" {
			key.next += n
			all = append(all, alias+"."+quote(r.Column)+" IS NULL")
			continue
		}
		k := c.alias("k")
		f, cond := c.keyConditions(target, k, key)
		from += " JOIN " + quote(target.Table) + " " + k + " ON " + k + ".id = " + alias + "." + quote(r.Column) + f
		all = append(all, cond)
	}
	return from, strings.Join(all, " AND ")
}

func (c *compiler) keyPart(f *resource.Field, key *keyed) string {
	i := key.next
	key.next++
	if key.parts[i] == "" && !f.Mandatory {
		return " IS NULL"
	}
	at, of := key.at, key.of
	return " = " + c.arg(func(q *Query, _ *access.Caller) (any, error) {
		v, err := f.Kind.ParseText(of(q).Key[i])
		if err != nil {
			return nil, at.refuse("invalid_key", "%s: %s", f.Name, err)
		}
		return v, nil
	}) + "::" + bareType(f.Kind.SQL())
}

// KeyDoc names the parts of a type's natural key, as "priceList.code|product.sku".
func KeyDoc(schema *resource.Schema, t *resource.Type) string {
	var parts []string
	for _, l := range schema.Key(t) {
		parts = append(parts, strings.Join(append(append([]string(nil), l.Path...), l.Field.Name), "."))
	}
	return strings.Join(parts, "|")
}

// filterRelation compares a column of ids with references in any of their forms. A record that the caller may not see is
// as none: he learns nothing by asking for it.
func (c *compiler) filterRelation(i int, o operand) (string, error) {
	f := &c.query.Filters[i]
	at := place{"filter", f.Path, f.Operator}
	offered := []resource.Operator{resource.Eq, resource.Neq, resource.In}
	up := Above(o.target)
	if up != nil {
		offered = append(offered, resource.Below)
	}
	if !slices.Contains(offered, f.Operator) {
		return "", operatorError(f, append(offered, resource.Exists))
	}
	ids, refs, err := f.references()
	if err != nil {
		return "", err
	}
	var terms []string
	column := o
	if f.Operator == resource.Below {
		column = operand{sql: c.alias("b") + ".id", target: o.target, seen: true}
	}
	if len(ids) > 0 {
		terms = append(terms, c.idIn(i, column))
	}
	for n, ref := range refs {
		term, err := c.matches(o.target, column.sql, at, ref, func(q *Query) resource.Ref {
			_, refs, _ := q.Filters[i].references()
			return refs[n]
		})
		if err != nil {
			return "", err
		}
		terms = append(terms, term)
	}
	any := "(" + strings.Join(terms, " OR ") + ")"
	switch f.Operator {
	case resource.Neq:
		return any + " IS NOT TRUE", nil
	case resource.Below:
		return c.below(o, up, strings.TrimSuffix(column.sql, ".id"), any), nil
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

// below compares a column of ids with the records that a condition names and all below them. What is below a record that
// the caller may not see is hidden with it. UNION drops what was seen, so that a circle ends.
func (c *compiler) below(o operand, up *resource.Relation, top, condition string) string {
	node, tree := c.alias("b"), c.alias("below")
	table := quote(o.target.Table)
	return o.sql + " IN (WITH RECURSIVE " + tree + " AS (SELECT " + top + ".id FROM " + table + " " + top + " WHERE " + condition + " AND " +
		c.visible(o.target, top) + " UNION SELECT " + node + ".id FROM " + table + " " + node + " JOIN " + tree + " ON " + node + "." +
		quote(up.Column) + " = " + tree + ".id WHERE " + c.visible(o.target, node) + ") SELECT id FROM " + tree + ")"
}

// idIn compares an id column with the ids of the filter that are those of visible records. One id stands alone, and others
// are looked up before: so the table's own indexes, with their order, serve the comparison.
func (c *compiler) idIn(i int, o operand) string {
	f := &c.query.Filters[i]
	seen := o.seen || c.open(o.target)
	if f.Operator == resource.In {
		given := "ANY (" + c.arg(func(q *Query, _ *access.Caller) (any, error) {
			ids, _, err := q.Filters[i].references()
			return ids, err
		}) + "::uuid[])"
		if !seen {
			given = "ANY (ARRAY(" + c.visibleID(o.target, given) + "))"
		}
		return o.sql + " = " + given
	}
	given := c.arg(func(q *Query, _ *access.Caller) (any, error) {
		ids, _, err := q.Filters[i].references()
		if err != nil || len(ids) != 1 {
			return nil, err
		}
		return ids[0], nil
	}) + "::uuid"
	if !seen {
		given = "(" + c.visibleID(o.target, given) + ")"
	}
	return o.sql + " = " + given
}

// visibleID selects the ids among the given ones that belong to visible records of a type.
func (c *compiler) visibleID(t *resource.Type, given string) string {
	v := c.alias("v")
	return "SELECT " + v + ".id FROM " + quote(t.Table) + " " + v + " WHERE " + v + ".id = " + given + " AND " + c.visible(t, v)
}

// references takes a filter's values as ids and as keys or external ids, each in their order.
func (f *Filter) references() (ids []string, refs []resource.Ref, err error) {
	for _, v := range f.Values {
		ref, err := resource.ParseRef(v)
		switch {
		case err != nil:
			return nil, nil, f.refuse("invalid_value", "%s", err)
		case ref.ID != "":
			ids = append(ids, ref.ID)
		default:
			refs = append(refs, ref)
		}
	}
	return ids, refs, nil
}
