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
	b := make([]byte, 0, 256)
	b = part(b, q.Type.Name)
	b = append(b, byte('0'+c.Side), bit(c.Language == resource.DefaultLanguage), bit(q.Number > 1), bit(q.Total), bit(q.Search != ""))
	b = strconv.AppendInt(b, int64(q.Size), 10)
	b = append(b, '/')
	b = strconv.AppendInt(b, int64(q.MaxIncluded), 10)
	b = form(b, q.Target)
	if q.Of != nil {
		b = part(append(b, 'o'), q.Of.Type.Name)
		b = form(part(b, q.Of.Relation), q.Of.Target)
	}
	if len(q.Fields) > 0 {
		for _, t := range slices.Sorted(maps.Keys(q.Fields)) {
			b = parts(part(append(b, 'f'), t), q.Fields[t])
		}
	}
	b = parts(append(b, 'i'), q.Include)
	for i := range q.Filters {
		b = q.Filters[i].shape(b)
	}
	for _, s := range q.Sort {
		b = part(append(b, 's', bit(s.Descending)), s.Path)
	}
	if c.Grants != nil {
		b = part(append(b, 'g'), c.Grants.Shape())
	}
	return string(b)
}

// part adds a text with its length before it, so that no two lists of texts look alike.
func part(b []byte, s string) []byte {
	b = append(strconv.AppendInt(b, int64(len(s)), 10), ':')
	return append(b, s...)
}

func parts(b []byte, list []string) []byte {
	b = append(strconv.AppendInt(b, int64(len(list)), 10), '*')
	for _, s := range list {
		b = part(b, s)
	}
	return b
}

func bit(is bool) byte {
	if is {
		return '1'
	}
	return '0'
}

func (f *Filter) shape(b []byte) []byte {
	b = part(part(append(b, 'w'), f.Path), string(f.Operator))
	switch f.Operator {
	case resource.Eq, resource.Neq, resource.In, resource.Below:
		ids := false
		for _, v := range f.Values {
			if !indirect(v) {
				ids = true
			} else if r, err := resource.ParseRef(v); err == nil {
				b = form(b, r)
			} else {
				b = append(b, '?')
			}
		}
		b = append(b, bit(ids))
	case resource.Range:
		low, high, _ := strings.Cut(f.Values[0], "..")
		b = append(b, bit(low != ""), bit(high != ""))
	case resource.Exists:
		b = append(b, bit(f.wantsValue()))
	}
	return b
}

// wantsValue is whether an exists filter asks for records that have a value.
func (f *Filter) wantsValue() bool {
	text, _ := resource.Boolean("x").Kind.ParseText(f.Values[0])
	return text == "true"
}

// indirect reports whether a value would be a reference by key or external id, if it is one.
func indirect(value string) bool {
	return strings.HasPrefix(value, "key:") || strings.HasPrefix(value, "ext:")
}

// form adds what of a reference the SQL depends on.
func form(b []byte, r resource.Ref) []byte {
	switch {
	case r.ID != "":
		return append(b, formID)
	case r.System != "":
		return append(b, formExternal)
	case r.Key != nil:
		b = append(b, formKey)
		for _, p := range r.Key {
			b = append(b, bit(p != ""))
		}
		return append(b, '.')
	}
	return append(b, formAbsent)
}
