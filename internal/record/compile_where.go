package record

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// where is the condition of the primary records: whom the caller may see, which one is named, what is filtered for.
func (c *compiler) where() (string, error) {
	if err := c.checkFields(); err != nil {
		return "", err
	}
	q := c.query
	parts := []string{c.visible(q.Type, "t")}
	if !q.Target.IsZero() {
		ref, err := c.matches(q.Type, "t.id", q.Target, func(q *Query) resource.Ref { return q.Target })
		if err != nil {
			return "", err
		}
		parts = append(parts, ref)
	}
	if q.Of != nil {
		of, err := c.origin()
		if err != nil {
			return "", err
		}
		parts = append(parts, of)
	}
	if q.Search != "" {
		if !searchable(q.Type) {
			return "", queryError("filter", "search", "not_searchable", "%s has no full-text search", q.Type.Name)
		}
		parts = append(parts, "t.search @@ "+c.searched())
	}
	for i := range q.Filters {
		f, err := c.filter(i)
		if err != nil {
			return "", err
		}
		parts = append(parts, f)
	}
	return strings.Join(parts, " AND "), nil
}

func searchable(t *resource.Type) bool {
	for i := range t.Fields {
		if t.Fields[i].Weight != 0 {
			return true
		}
	}
	return false
}

// visible is what limits the records of a type to those that exist for the caller. Every table that a statement touches
// is limited by it: catalogue, price and stock tables carry no row-level security.
func (c *compiler) visible(t *resource.Type, alias string) string {
	var parts []string
	if t.Scope == resource.Global {
		parts = append(parts, alias+".id = "+c.value("organization"))
	} else {
		parts = append(parts, alias+".organization_id = "+c.value("organization"))
	}
	exposure := Exposed(c.side, t)
	for _, cond := range exposure.Conditions {
		if f, ok := t.Field(cond.Field); ok {
			parts = append(parts, alias+"."+quote(f.Column)+" = "+literal(cond.Value)+"::"+f.Kind.SQL())
		}
	}
	if exposure.Owner != "" && c.side == access.Storefront {
		parts = append(parts, c.owned(t, alias, exposure.Owner, "customers"))
	}
	if exposure.Person != "" && c.side == access.Storefront {
		parts = append(parts, c.owned(t, alias, exposure.Person, "customerUser"))
	}
	if c.side == access.Admin && c.grants.Level(t.Name, access.Read) == access.Own {
		if r, ok := t.Relation("owner"); ok && !r.ToMany {
			parts = append(parts, alias+"."+quote(r.Column)+" = "+c.value("actor"))
		}
	}
	return strings.Join(parts, " AND ")
}

// owned compares the id at the end of a path of to-one relations with one of the caller's values.
func (c *compiler) owned(t *resource.Type, alias, path, value string) string {
	name, rest, more := strings.Cut(path, ".")
	if name == "id" {
		return alias + ".id = " + c.oneOf(value)
	}
	r, ok := t.Relation(name)
	if !ok || r.ToMany {
		return "false"
	}
	if !more {
		return alias + "." + quote(r.Column) + " = " + c.oneOf(value)
	}
	target, _ := c.schema.Type(r.Target)
	o := c.alias("o")
	return "EXISTS (SELECT 1 FROM " + quote(target.Table) + " " + o + " WHERE " + o + ".id = " + alias + "." + quote(r.Column) +
		" AND " + c.owned(target, o, rest, value) + ")"
}

func (c *compiler) oneOf(value string) string {
	if value == "customers" {
		return "ANY (" + c.value(value) + ")"
	}
	return c.value(value)
}

// matches says that the id column is that of the record a reference names. A reference that cannot be one is an error.
func (c *compiler) matches(t *resource.Type, column string, ref resource.Ref, of func(*Query) resource.Ref) (string, error) {
	if ref.ID != "" {
		return column + " = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).ID, nil }) + "::uuid", nil
	}
	sub, err := c.lookup(t, ref, of)
	return column + " = (" + sub + ")", err
}

// lookup is a subselect that gives the id of the record a key or an external id names.
func (c *compiler) lookup(t *resource.Type, ref resource.Ref, of func(*Query) resource.Ref) (string, error) {
	if ref.System != "" {
		return "SELECT e.record_id FROM external_id e WHERE e.organization_id = " + c.value("organization") + " AND e.type = " +
			literal(t.Name) + " AND e.system = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).System, nil }) +
			"::text AND e.external_id = " + c.arg(func(q *Query, _ *access.Caller) (any, error) { return of(q).External, nil }) + "::text", nil
	}
	leaves := c.schema.Key(t)
	if len(leaves) == 0 {
		return "", queryError("id", ref.String(), "no_key", "%s have no natural key; use the id or an external id", t.Name)
	}
	if len(leaves) != len(ref.Key) {
		return "", queryError("id", ref.String(), "invalid_key", "the key of %s has %d parts joined by |: %s", t.Name, len(leaves), KeyDoc(c.schema, t))
	}
	part := 0
	k := c.alias("k")
	from, conds := c.keyConditions(t, k, &part, of)
	return "SELECT " + k + ".id FROM " + quote(t.Table) + " " + k + from + " WHERE " + conds, nil
}

// keyConditions compares each leaf of the natural key with its part, joining the targets of relations in it.
func (c *compiler) keyConditions(t *resource.Type, alias string, part *int, of func(*Query) resource.Ref) (from, conds string) {
	all := []string{c.scoped(t, alias)}
	for _, name := range t.KeyOf {
		if f, ok := t.Field(name); ok {
			i := *part
			*part++
			kind, inner := f.Kind, f.Mandatory
			p := c.arg(func(q *Query, _ *access.Caller) (any, error) {
				text := of(q).Key[i]
				if text == "" && !inner {
					return nil, nil
				}
				v, err := kind.ParseText(text)
				if err != nil {
					return nil, queryError("id", of(q).String(), "invalid_key", "%s: %s", f.Name, err)
				}
				return v, nil
			}) + "::" + bareType(f.Kind.SQL())
			op := " = "
			if !inner {
				op = " IS NOT DISTINCT FROM "
			}
			all = append(all, alias+"."+quote(f.Column)+op+p)
			continue
		}
		r, _ := t.Relation(name)
		target, _ := c.schema.Type(r.Target)
		k := c.alias("k")
		f, cond := c.keyConditions(target, k, part, of)
		from += " JOIN " + quote(target.Table) + " " + k + " ON " + k + ".id = " + alias + "." + quote(r.Column) + f
		all = append(all, cond)
	}
	return from, strings.Join(all, " AND ")
}

func (c *compiler) scoped(t *resource.Type, alias string) string {
	if t.Scope == resource.Global {
		return alias + ".id = " + c.value("organization")
	}
	return alias + ".organization_id = " + c.value("organization")
}

// KeyDoc names the parts of a type's natural key, as "priceList.code|product.sku".
func KeyDoc(schema *resource.Schema, t *resource.Type) string {
	var parts []string
	for _, l := range schema.Key(t) {
		parts = append(parts, strings.Join(append(append([]string(nil), l.Path...), l.Field.Name), "."))
	}
	return strings.Join(parts, "|")
}

// origin limits the records to those that another record's relation names.
func (c *compiler) origin() (string, error) {
	of := c.query.Of
	r, ok := of.Type.Relation(of.Relation)
	if !ok || !ShowsRelation(c.schema, c.side, c.grants, of.Type, r) {
		return "", queryError("id", of.Relation, "unknown_relation", "%s have no relation %q", of.Type.Name, of.Relation)
	}
	p := c.alias("p")
	match, err := c.matches(of.Type, p+".id", of.Target, func(q *Query) resource.Ref { return q.Of.Target })
	if err != nil {
		return "", err
	}
	from := " FROM " + quote(of.Type.Table) + " " + p + " WHERE " + match + " AND " + c.visible(of.Type, p)
	if r.ToMany {
		inverse, _ := c.query.Type.Relation(r.Inverse)
		return "t." + quote(inverse.Column) + " = (SELECT " + p + ".id" + from + ")", nil
	}
	return "t.id = (SELECT " + p + "." + quote(r.Column) + from + ")", nil
}

// bareType drops length and precision, so that a comparison does not round what it compares with.
func bareType(sql string) string {
	if i := strings.IndexByte(sql, '('); i >= 0 {
		return sql[:i]
	}
	return sql
}
