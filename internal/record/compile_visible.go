package record

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// visible is what limits the records of a type to those that exist for the caller. Every table that a statement touches
// is limited by it: catalogue, price and stock tables carry no row-level security.
func (c *compiler) visible(t *resource.Type, alias string) string {
	return c.visibleBelow(t, alias, nil, nil)
}

// visibleBelow is visible for records that the statement reaches from a visible record of the type above by the inverse of
// a relation of theirs: whose those are need not be looked up again where the path to it leads over that relation.
func (c *compiler) visibleBelow(t *resource.Type, alias string, above *resource.Type, inverse *resource.Relation) string {
	parts := []string{c.scoped(t, alias)}
	exposure := Exposed(c.side, t)
	for _, cond := range exposure.Conditions {
		f, ok := t.Field(cond.Field)
		if !ok {
			parts = append(parts, "false")
			continue
		}
		parts = append(parts, alias+"."+quote(f.Column)+" = "+literal(cond.Value)+"::"+f.Kind.SQL())
	}
	if c.side == access.Admin {
		parts = append(parts, c.reach(t, alias)...)
		return strings.Join(parts, " AND ")
	}
	if exposure.Owner != "" && !c.implied(exposure.Owner, above, inverse, func(e resource.Exposure) string { return e.Owner }) {
		parts = append(parts, c.owned(t, alias, exposure.Owner, "customers"))
	}
	if exposure.Person != "" && !c.implied(exposure.Person, above, inverse, func(e resource.Exposure) string { return e.Person }) {
		parts = append(parts, c.owned(t, alias, exposure.Person, "customerUser"))
	}
	return strings.Join(parts, " AND ")
}

// implied reports whether a path to an owner goes on, behind the inverse relation, like that of the record above.
func (c *compiler) implied(path string, above *resource.Type, inverse *resource.Relation, of func(resource.Exposure) string) bool {
	if above == nil || inverse == nil {
		return false
	}
	rest, found := strings.CutPrefix(path, inverse.Name+".")
	return found && rest == of(Exposed(c.side, above))
}

// reach is how far the caller's permission to read goes. Where a level says nothing about a type, because its records have
// no owner or no business unit, it lets nothing through.
func (c *compiler) reach(t *resource.Type, alias string) []string {
	relation, value := "", (*compiler).actorsUnit
	switch c.grants.Level(t.Name, access.Read) {
	case access.Own:
		relation, value = "owner", func(c *compiler) string { return c.value("actor") }
	case access.BusinessUnit:
		relation = "businessUnit"
	default:
		return nil
	}
	r, ok := t.Relation(relation)
	if !ok || r.ToMany {
		return []string{"false"}
	}
	return []string{alias + "." + quote(r.Column) + " = " + value(c)}
}

// actorsUnit is the business unit that the calling member of staff belongs to.
func (c *compiler) actorsUnit() string {
	users, ok := c.schema.Type("users")
	if !ok {
		return "NULL::uuid"
	}
	unit, ok := users.Relation("businessUnit")
	if !ok || unit.ToMany {
		return "NULL::uuid"
	}
	u := c.alias("u")
	return "(SELECT " + u + "." + quote(unit.Column) + " FROM " + quote(users.Table) + " " + u + " WHERE " + c.scoped(users, u) +
		" AND " + u + ".id = " + c.value("actor") + ")"
}

// open reports whether a type shows its side all records of the organization.
func (c *compiler) open(t *resource.Type) bool {
	e := Exposed(c.side, t)
	if c.side == access.Storefront {
		return len(e.Conditions) == 0 && e.Owner == "" && e.Person == ""
	}
	return len(e.Conditions) == 0 && c.grants.Level(t.Name, access.Read) >= access.OrganizationLevel
}

// linked is the id that a to-one relation of a record leads to, null if the caller may not see that record: the id of what
// is hidden from him would tell him that it is there.
func (c *compiler) linked(t *resource.Type, r *resource.Relation, alias string) string {
	column := alias + "." + quote(r.Column)
	target, _ := c.schema.Type(r.Target)
	if c.open(target) || c.followsOwner(t, r, target) {
		return column
	}
	return "(" + c.visibleID(target, column) + ")"
}

// followsOwner reports whether the relation leads to the very record by which the record itself was found to be the
// buyer's.
func (c *compiler) followsOwner(t *resource.Type, r *resource.Relation, target *resource.Type) bool {
	if c.side != access.Storefront {
		return false
	}
	from, to := Exposed(c.side, t), Exposed(c.side, target)
	follows := func(path, rest string) bool {
		return rest == "" || rest == "id" && path == r.Name || path == r.Name+"."+rest
	}
	return len(to.Conditions) == 0 && to.Owner != "" && follows(from.Owner, to.Owner) && follows(from.Person, to.Person)
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
		" AND " + c.scoped(target, o) + " AND " + c.owned(target, o, rest, value) + ")"
}

func (c *compiler) oneOf(value string) string {
	if value == "customers" {
		return "ANY (" + c.value(value) + ")"
	}
	return c.value(value)
}

// scoped limits a type to the caller's organization.
func (c *compiler) scoped(t *resource.Type, alias string) string {
	if t.Scope == resource.Global {
		return alias + ".id = " + c.value("organization")
	}
	return alias + ".organization_id = " + c.value("organization")
}
