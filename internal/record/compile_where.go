package record

import (
	"errors"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// where is the condition of the primary records: whom the caller may see, which one is named, what is filtered for.
func (c *compiler) where() (string, error) {
	q := c.query
	if err := c.readable(q.Type); err != nil {
		return "", err
	}
	if err := c.checkFields(); err != nil {
		return "", err
	}
	parts := []string{c.visible(q.Type, "t")}
	if !q.Target.IsZero() {
		ref, err := c.matches(q.Type, "t.id", place{"id", q.Target.String(), ""}, q.Target, func(q *Query) resource.Ref { return q.Target })
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
		if !c.searchable(q.Type) {
			return "", queryError("filter", "search", "not_searchable", "%s has no full-text search", q.Type.Name)
		}
		parts = append(parts, "t.search @@ "+c.searched())
	}
	for i := range q.Filters {
		f, err := c.filter(i)
		if err != nil {
			var refused *QueryError
			if errors.As(err, &refused) {
				refused.Operator = q.Filters[i].Operator
			}
			return "", err
		}
		parts = append(parts, f)
	}
	return strings.Join(parts, " AND "), nil
}

// searchable reports whether a type has full-text search that shows nothing the caller may not see: the search column holds
// all its fields in one.
func (c *compiler) searchable(t *resource.Type) bool {
	found := false
	for i := range t.Fields {
		if t.Fields[i].Weight != 0 {
			if !c.shows(t, &t.Fields[i]) {
				return false
			}
			found = true
		}
	}
	return found
}

// readable refuses what the side does not show or the caller may not read at all.
func (c *compiler) readable(t *resource.Type) error {
	if !Readable(c.side, c.grants, t) {
		return queryError("type", t.Name, "forbidden", "%s may not be read", t.Name)
	}
	return nil
}

// Readable reports whether a side and its caller may read any records of a type.
func Readable(side access.Side, grants *access.Grants, t *resource.Type) bool {
	return Exposed(side, t).Read && grants.Level(t.Name, access.Read) > access.None
}

// origin limits the records to those that another record's relation names.
func (c *compiler) origin() (string, error) {
	of := c.query.Of
	r, ok := of.Type.Relation(of.Relation)
	if !ok || !ShowsRelation(c.schema, c.side, c.grants, of.Type, r) || r.Target != c.query.Type.Name {
		return "", queryError("id", of.Relation, "unknown_relation", "%s have no relation %q", of.Type.Name, of.Relation)
	}
	if err := c.readable(of.Type); err != nil {
		return "", err
	}
	p := c.alias("p")
	match, err := c.matches(of.Type, p+".id", place{"id", of.Target.String(), ""}, of.Target, func(q *Query) resource.Ref { return q.Of.Target })
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
