package intake

import (
	"errors"
	"fmt"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// readField reads cells of a field. An empty one clears it, or gives it its default again if it has one; what is required
// and has none fails the row.
func (r *csvRows) readField(a aim, i int, name string) func(*Row, *record.Change, string) {
	f, at := a.field, a.at
	empty, mayBeEmpty := resource.Cleared, !f.Mandatory
	if f.InKey || f.Mandatory {
		empty, mayBeEmpty = r.fallback(f.Name)
	}
	parse := f.Kind.ParseText
	if numeric(f) {
		parse = func(cell string) (string, error) { return r.number(f, i, cell) }
	}
	return func(row *Row, c *record.Change, cell string) {
		switch {
		case cell != "":
			text, err := parse(cell)
			if err != nil {
				row.fault(f.Name, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", name, err))
				return
			}
			c.Values[at] = resource.Of(text)
		case mayBeEmpty:
			c.Values[at] = empty
		default:
			row.fault(f.Name, "missing", "required", required(name, f.Name))
		}
	}
}

func required(column, name string) string {
	return fmt.Sprintf("The column %s is empty; %s is required.", column, name)
}

// number reads a cell as a number in the way of its column.
func (r *csvRows) number(f *resource.Field, i int, cell string) (string, error) {
	text, err := r.reader.Decimal(i, cell)
	if err != nil {
		var n *csv.NumberError
		if errors.As(err, &n) {
			return "", fmt.Errorf("%q is not a number that can be read: %s", n.Cell, n.Detail)
		}
		return "", err
	}
	return f.Kind.ParseText(text)
}

// readLocalized reads cells of a field in one language. An empty cell takes the language away; the partner's own language
// must be there where the field is required.
func (r *csvRows) readLocalized(a aim, name string) func(*Row, *record.Change, string) {
	kind, _ := a.field.Kind.(resource.Multilingual)
	must := a.field.Mandatory && a.language == r.defaults.Language
	gone := without(a.language)
	return func(row *Row, c *record.Change, cell string) {
		switch {
		case cell != "":
			text, err := kind.ParseIn(cell, a.language)
			if err != nil {
				row.fault(a.field.Name, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", name, err))
				return
			}
			c.Values[a.at] = overlay(c.Values[a.at], text)
		case must:
			row.fault(a.field.Name, "missing", "required", required(name, a.field.Name))
		default:
			c.Values[a.at] = overlay(c.Values[a.at], gone)
		}
	}
}

// readRelation reads cells with the key of another record.
func (r *csvRows) readRelation(a aim, name string) func(*Row, *record.Change, string) {
	rel, at := a.relation, a.at
	target, _ := r.schema.Type(rel.Target)
	if target.Name == "categories" && r.t.Name == "products" {
		r.paths = newCategoryPaths(target, r.defaults.Language)
	}
	empty, mayBeEmpty := resource.Cleared, !rel.Mandatory
	if rel.InKey || rel.Mandatory || rel.Target == "units" {
		empty, mayBeEmpty = r.fallback(rel.Name)
	}
	composite := len(r.schema.Key(target)) > 1
	return func(row *Row, c *record.Change, cell string) {
		switch {
		case cell == "" && mayBeEmpty:
			c.Values[at] = empty
		case cell == "":
			row.fault(rel.Name, "missing", "required", required(name, rel.Name))
		case r.paths != nil && target.Name == "categories":
			r.paths.read(row, c, at, rel.Name, cell)
		case target.Name == "units":
			if code, ok := r.units.translate(row, rel.Name, cell); ok {
				c.Values[at] = resource.Of(resource.ByKey(code).String())
			}
		case composite:
			c.Values[at] = resource.Of("key:" + cell) // its parts are joined and escaped by the sender
		default:
			c.Values[at] = resource.Of(resource.ByKey(cell).String())
		}
	}
}
