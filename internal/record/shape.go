package record

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// shape is what the SQL text of a query depends on: everything but its values.
func shape(q *Query, c *access.Caller) string {
	var b strings.Builder
	b.Grow(256)
	part := func(s ...string) {
		for _, p := range s {
			b.WriteString(strconv.Itoa(len(p)))
			b.WriteByte(':')
			b.WriteString(p)
		}
	}
	part(q.Type.Name, c.Side.String(), form(q.Target), strconv.Itoa(q.Size))
	if q.Of != nil {
		part("of", q.Of.Type.Name, q.Of.Relation, form(q.Of.Target))
	}
	part(strconv.FormatBool(q.Number > 1), strconv.FormatBool(q.Total), strconv.FormatBool(q.Search != ""))
	if len(q.Fields) > 0 {
		for _, t := range slices.Sorted(maps.Keys(q.Fields)) {
			part("f", t)
			part(q.Fields[t]...)
		}
	}
	part("i")
	part(q.Include...)
	for i := range q.Filters {
		f := &q.Filters[i]
		part("w", f.Path, string(f.Operator))
		if f.Operator == resource.Eq || f.Operator == resource.Neq || f.Operator == resource.In || f.Operator == resource.Below {
			for _, v := range f.Values {
				part(formOf(v))
			}
			part(strconv.Itoa(len(f.Values)))
		}
	}
	for _, s := range q.Sort {
		part("s", s.Path, strconv.FormatBool(s.Descending))
	}
	if c.Grants != nil {
		part("g", c.Grants.Shape())
	}
	return b.String()
}

// form is what of a reference the SQL depends on.
func form(r resource.Ref) string {
	switch {
	case r.ID != "":
		return "id"
	case r.System != "":
		return "ext"
	case r.Key != nil:
		return "key" + strconv.Itoa(len(r.Key))
	}
	return ""
}

func formOf(value string) string {
	if !strings.HasPrefix(value, "key:") && !strings.HasPrefix(value, "ext:") {
		return ""
	}
	r, err := resource.ParseRef(value)
	if err != nil {
		return ""
	}
	return form(r)
}
