package record

import (
	"maps"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// attributes is the select list of a record's attributes as they stand on the wire.
func (c *compiler) attributes(t *resource.Type, alias string) (string, error) {
	var columns []string
	for i := range t.Fields {
		f := &t.Fields[i]
		if !c.shows(t, f) || !c.wants(t, f.Name) {
			continue
		}
		expr, err := c.column(t, f, alias)
		if err != nil {
			return "", err
		}
		if expr, err = c.localize(f.Kind.Output(expr, c.language())); err != nil {
			return "", err
		}
		columns = append(columns, expr+" AS "+quote(f.Name))
	}
	for _, b := range builtins {
		if !c.showsBuiltin(t, &b) || !c.wants(t, b.name) {
			continue
		}
		columns = append(columns, b.output(t, alias)+" AS "+quote(b.name))
	}
	return strings.Join(columns, ", "), nil
}

// column is the SQL expression of a field's stored or computed value.
func (c *compiler) column(t *resource.Type, f *resource.Field, alias string) (string, error) {
	switch {
	case f.Computed != nil:
		if err := c.require(f.Computed.With); err != nil {
			return "", err
		}
		sql, err := c.fill(f.Computed.SQL, alias)
		return "(" + sql + ")", err
	case f.Custom:
		return "(" + alias + ".custom->>" + literal(f.Name) + ")::" + f.Kind.SQL(), nil
	}
	return alias + "." + quote(f.Column), nil
}

// builtin is an attribute that every record has.
type builtin struct {
	name   string
	kind   resource.Kind
	admin  bool
	output func(t *resource.Type, alias string) string
	column string
}

var builtins = []builtin{
	{name: "externalIds", admin: true, kind: resource.JSON("x").Kind, output: func(t *resource.Type, alias string) string {
		return "(SELECT coalesce(json_agg(json_build_object('system', e.system, 'id', e.external_id) ORDER BY e.system, " +
			"e.external_id), '[]'::json) FROM external_id e WHERE e.record_id = " + alias + ".id AND e.type = " + literal(t.Name) + ")"
	}},
	{name: "createdAt", kind: resource.Time("x").Kind, column: "created_at", output: stamp("created_at")},
	{name: "updatedAt", kind: resource.Time("x").Kind, column: "updated_at", output: stamp("updated_at")},
}

func stamp(column string) func(*resource.Type, string) string {
	return func(_ *resource.Type, alias string) string {
		return resource.Time("x").Kind.Output(alias+"."+column, resource.Language{})
	}
}

// shows reports whether this side and caller may see a field at all.
func (c *compiler) shows(t *resource.Type, f *resource.Field) bool {
	return Shows(c.side, c.grants, t, f)
}

func (c *compiler) showsBuiltin(t *resource.Type, b *builtin) bool {
	return (!b.admin || c.side == access.Admin) && !c.grants.Hidden(t.Name, b.name)
}

// Shows reports whether a side and its caller may see a field at all.
func Shows(side access.Side, grants *access.Grants, t *resource.Type, f *resource.Field) bool {
	return !f.Secret && (side == access.Admin || !f.Internal) && !grants.Hidden(t.Name, f.Name)
}

// ShowsRelation reports whether a side and its caller may see a relation: its target must be readable there too.
func ShowsRelation(schema *resource.Schema, side access.Side, grants *access.Grants, t *resource.Type, r *resource.Relation) bool {
	if side == access.Storefront && r.Internal || grants.Hidden(t.Name, r.Name) {
		return false
	}
	target, ok := schema.Type(r.Target)
	return ok && Readable(side, grants, target)
}

// Exposed is what a side may do with a resource.
func Exposed(side access.Side, t *resource.Type) resource.Exposure {
	if side == access.Storefront {
		return t.Storefront
	}
	return t.Admin
}

// wants reports whether the query's sparse fieldset names the field or relation.
func (c *compiler) wants(t *resource.Type, name string) bool {
	names, given := c.query.Fields[t.Name]
	return !given || slices.Contains(names, name)
}

// ones are the positions among a type's relations of the to-one relations that are shown.
func (c *compiler) ones(t *resource.Type) []int {
	var at []int
	for i := range t.Relations {
		r := &t.Relations[i]
		if !r.ToMany && ShowsRelation(c.schema, c.side, c.grants, t, r) && c.wants(t, r.Name) {
			at = append(at, i)
		}
	}
	return at
}

// checkFields refuses sparse fieldsets that name what is not there.
func (c *compiler) checkFields() error {
	for _, name := range slices.Sorted(maps.Keys(c.query.Fields)) {
		fields := c.query.Fields[name]
		t, ok := c.schema.Type(name)
		if !ok || !Readable(c.side, c.grants, t) {
			return queryError("fields", name, "unknown_type", "there is no resource of this name")
		}
		for _, f := range fields {
			if !c.knows(t, f) {
				return queryError("fields", name, "unknown_field", "%s has no field %q", name, f)
			}
		}
	}
	return nil
}

func (c *compiler) knows(t *resource.Type, name string) bool {
	if f, ok := t.Field(name); ok {
		return c.shows(t, f)
	}
	if r, ok := t.Relation(name); ok {
		return ShowsRelation(c.schema, c.side, c.grants, t, r)
	}
	return slices.ContainsFunc(builtins, func(b builtin) bool {
		return b.name == name && c.showsBuiltin(t, &b)
	})
}
