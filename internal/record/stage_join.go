package record

import (
	"fmt"
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// joinReference joins the record that a reference names, if the caller may see it, and gives the expression of its id and whether
// it had to be looked up.
func (c *comparer) joinReference(t *resource.Type, n named, of func(*row) *reference) (string, bool) {
	switch n.form {
	case formNull:
		return "NULL::uuid", false
	case formLink:
		return c.stage(func(r *row) *string {
			if l := of(r).link; l != nil {
				return &l.id
			}
			return nil
		}) + "::uuid", false
	case formFound:
		return c.stage(func(r *row) *string {
			if f := of(r); f.form == formFound {
				return &f.id
			}
			return nil
		}) + "::uuid", false
	case formKey:
		part := 0
		return c.joinKey(t, c.alias("r"), n.parts, &part, of) + ".id", true
	}
	a := c.alias("r")
	c.joinNamed(t, a, n.form, of)
	return a + ".id", true
}

// joinNamed joins by id or external id.
func (c *comparer) joinNamed(t *resource.Type, alias string, form byte, of func(*row) *reference) {
	id := ""
	if form == formID {
		id = c.stage(func(r *row) *string {
			if of(r).form != formID {
				return nil
			}
			return &of(r).ref.ID
		}) + "::uuid"
	} else {
		x := c.alias("x")
		id = x + ".record_id"
		part := func(text func(*reference) *string) string {
			return c.stage(func(r *row) *string {
				if of(r).form != formExternal {
					return nil
				}
				return text(of(r))
			})
		}
		c.from.WriteString(" LEFT JOIN external_id " + x + " ON " + x + ".organization_id = " + c.value("organization") +
			" AND " + x + ".type = " + literal(t.Name) +
			" AND " + x + ".system = " + part(func(f *reference) *string { return &f.ref.System }) +
			" AND " + x + ".external_id = " + part(func(f *reference) *string { return &f.ref.External }))
	}
	c.find(t, alias, alias+".id = "+id+" AND "+c.visible(t, alias))
}

// joinKey joins by the natural key, whose relations are joined first.
func (c *comparer) joinKey(t *resource.Type, alias, parts string, part *int, of func(*row) *reference) string {
	conds := c.visible(t, alias)
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			i := *part
			*part++
			col := alias + "." + quote(f.Column)
			if parts[i] == '0' {
				conds += " AND " + col + " IS NULL"
				continue
			}
			conds += " AND " + col + " = " + c.stage(func(r *row) *string {
				if key := of(r).key; key != nil {
					return key[i]
				}
				return nil
			}) + "::" + bareType(f.Kind.SQL())
			continue
		}
		rel, _ := t.Relation(name)
		target, _ := c.schema.Type(rel.Target)
		col := alias + "." + quote(rel.Column)
		if n := len(c.schema.Key(target)); strings.Trim(parts[*part:*part+n], "0") == "" {
			*part += n
			conds += " AND " + col + " IS NULL"
			continue
		}
		conds += " AND " + col + " = " + c.joinKey(target, c.alias("r"), parts, part, of) + ".id"
	}
	c.find(t, alias, conds)
	return alias
}

// find looks one record up for each staged row. As a plain join it would be PostgreSQL's choice to hash the whole table
// for each chunk, which it makes as long as the table has no statistics: in the middle of a first import. LIMIT leaves it
// the index alone.
func (c *comparer) find(t *resource.Type, alias, conds string) {
	columns := alias + ".*"
	if alias != "t" {
		columns = alias + ".id"
	}
	c.from.WriteString(" LEFT JOIN LATERAL (SELECT " + columns + " FROM " + quote(t.Table) + " " + alias + " WHERE " + conds + " LIMIT 1) " + alias + " ON true")
}

// joinTarget joins the record that the change is about as t.
func (c *comparer) joinTarget(n named) error {
	of := func(r *row) *reference { return &r.target }
	switch n.form {
	case formID, formExternal:
		c.joinNamed(c.t, "t", n.form, of)
	case formKey:
		part := 0
		c.joinKey(c.t, "t", n.parts, &part, of)
	case formValues:
		conds := c.visible(c.t, "t")
		for _, name := range c.t.KeyOf {
			conds += " AND " + c.keyEquals("t", c.t.At(name))
		}
		c.find(c.t, "t", conds)
	case formNone:
		c.from.WriteString(" LEFT JOIN " + quote(c.t.Table) + " t ON false")
	default:
		return fmt.Errorf("a change of %s names its record in no known form", c.t.Name)
	}
	return nil
}

// keyEquals compares one part of the natural key with the given value, or with that of t where none is given.
func (c *comparer) keyEquals(alias string, pos int) string {
	col, sqlType := "", "uuid"
	optional := false
	if pos < len(c.t.Fields) {
		f := &c.t.Fields[pos]
		col, sqlType, optional = quote(f.Column), bareType(f.Kind.SQL()), !f.Mandatory
	} else {
		rel := &c.t.Relations[pos-len(c.t.Fields)]
		col, optional = quote(rel.Column), !rel.Mandatory
	}
	given, ok := c.values[pos]
	switch {
	case !ok && optional:
		return alias + "." + col + " IS NOT DISTINCT FROM t." + col
	case !ok:
		return alias + "." + col + " = t." + col
	case strings.HasPrefix(given, "NULL"):
		return alias + "." + col + " IS NULL"
	case alias == "o" && optional: // the row is not split by which optional parts are empty
		return alias + "." + col + " IS NOT DISTINCT FROM " + given
	case pos >= len(c.t.Fields):
		return alias + "." + col + " = " + given
	}
	return alias + "." + col + " = " + bareCast(given, sqlType)
}

// bareCast compares without rounding the given number to the column's scale.
func bareCast(given, sqlType string) string {
	name, _, _ := strings.Cut(given, "::")
	return name + "::" + sqlType
}

// joinOther looks for another record that has the key which a renamed record, or a new one with a chosen id, would have.
func (c *comparer) joinOther(n named) {
	renames := false
	for _, name := range c.t.KeyOf {
		_, given := c.values[c.t.At(name)]
		renames = renames || given
	}
	if !renames || n.form == formValues || n.form == formNone {
		c.output("NULL::text")
		return
	}
	conds := c.scoped(c.t, "o") + " AND o.id IS DISTINCT FROM t.id"
	for _, name := range c.t.KeyOf {
		conds += " AND " + c.keyEquals("o", c.t.At(name))
	}
	c.find(c.t, "o", conds)
	c.output("o.id::text")
}
