package record

import (
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// filter compiles the i-th filter of the query.
func (c *compiler) filter(i int) (string, error) {
	f := &c.query.Filters[i]
	o, err := c.resolve("filter", f.Path)
	if err != nil {
		return "", err
	}
	switch {
	case f.Operator == resource.Exists:
		return o.exists(f.wantsValue()), nil
	case o.target != nil:
		return c.filterRelation(i, o)
	case !slices.Contains(o.kind.Operators(), f.Operator):
		return "", operatorError(f, o.kind.Operators())
	}
	return c.compare(i, o), nil
}

func (o operand) exists(wanted bool) string {
	value := o.sql
	if o.visible != nil {
		value = o.visible()
	}
	if wanted {
		return value + " IS NOT NULL"
	}
	return value + " IS NULL"
}

func operatorError(f *Filter, offered []resource.Operator) error {
	names := make([]string, len(offered))
	for i, o := range offered {
		names[i] = string(o)
	}
	return f.refuse("unknown_operator", "the operator %q is not offered here; use one of %s", f.Operator, strings.Join(names, ", "))
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
				text, err := parseValue(&q.Filters[i], o.kind, v)
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
		return parseValue(&q.Filters[i], o.kind, q.Filters[i].Values[0])
	}) + cast
}

// between is true from the first bound to the second, both included; an empty bound is open.
func (c *compiler) between(i int, o operand, cast string) string {
	bound := func(part int) string {
		return c.arg(func(q *Query, _ *access.Caller) (any, error) {
			return parseValue(&q.Filters[i], o.kind, q.Filters[i].bounds()[part])
		}) + cast
	}
	var terms []string
	given := c.query.Filters[i].bounds()
	if given[0] != "" {
		terms = append(terms, o.sql+" >= "+bound(0))
	}
	if given[1] != "" {
		terms = append(terms, o.sql+" <= "+bound(1))
	}
	if terms == nil {
		return "true"
	}
	return strings.Join(terms, " AND ")
}

func (f *Filter) bounds() [2]string {
	low, high, _ := strings.Cut(f.Values[0], "..")
	return [2]string{low, high}
}

func parseValue(f *Filter, kind resource.Kind, value string) (string, error) {
	if m, ok := kind.(resource.Comparer); ok && m != nil {
		kind = resource.Text("x").Max(4000).Kind // compared as the text of one language
	}
	text, err := kind.ParseText(value)
	if err != nil {
		return "", f.refuse("invalid_value", "%s", err)
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
