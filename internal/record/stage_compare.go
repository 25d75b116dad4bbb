package record

import (
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// compare writes which given values differ, what comes of laying values over stored ones, and the stored values. Rows in
// which nothing differs, which are most of a file that comes every day, carry none of it. A record that was found by the
// key among the values (byKey) has that key.
func (c *comparer) compare(byKey, all bool) error {
	flags := make([]string, len(c.given))
	var merged []string
	for n, pos := range c.given {
		if byKey && slices.Contains(c.t.KeyOf, c.t.NameAt(pos)) {
			flags[n] = "false"
			continue
		}
		stored, err := c.stored(pos, "t")
		if err != nil {
			return err
		}
		value := c.values[pos]
		flags[n] = stored + " IS DISTINCT FROM " + value
		if m, ok := c.merger(pos); ok {
			given, _, _ := strings.Cut(value, "::")
			laid := "CASE WHEN " + given + " IS NOT NULL THEN " + m.Merge(stored, value) + " END"
			merged = append(merged, "CASE WHEN t.id IS NOT NULL OR NOT "+m.Whole(given)+" THEN ("+laid+")::text END")
			c.merged = append(c.merged, pos)
			flags[n] = "CASE WHEN t.id IS NULL OR " + m.Within(stored, value) + " THEN false ELSE " + stored + " IS DISTINCT FROM " + laid + " END"
		}
		if fresh := c.fresh[pos]; fresh != "" {
			flags[n] += " OR " + fresh
		}
	}
	c.from.WriteString(" CROSS JOIN LATERAL (SELECT ARRAY[" + strings.Join(flags, ", ") + "]::boolean[] AS flags OFFSET 0) d")
	differs := "t.id IS NOT NULL AND true = ANY (d.flags)"
	c.output("CASE WHEN " + differs + " THEN d.flags::text END")
	if merged == nil {
		c.output("NULL::text[]")
	} else {
		c.output("CASE WHEN t.id IS NULL OR true = ANY (d.flags) THEN ARRAY[" + strings.Join(merged, ", ") + "]::text[] END")
	}
	if all {
		differs = "t.id IS NOT NULL"
	}
	return c.oldValues(differs)
}

// merger is how the given value at a position is laid over the stored one, if it is.
func (c *comparer) merger(pos int) (resource.Merger, bool) {
	if pos >= len(c.t.Fields) || c.values[pos] == "NULL" {
		return nil, false
	}
	m, ok := c.t.Fields[pos].Kind.(resource.Merger)
	return m, ok
}

func (c *comparer) oldValues(when string) error {
	var exprs []string
	for pos := range c.t.Width() {
		expr, err := storedText(&c.compiler, c.t, pos, "t")
		if err != nil {
			return err
		}
		if expr != "" {
			c.old, exprs = append(c.old, pos), append(exprs, expr)
		}
	}
	c.output("CASE WHEN " + when + " THEN ARRAY[" + strings.Join(exprs, ", ") + "]::text[] END")
	return nil
}

func (c *comparer) stored(pos int, alias string) (string, error) {
	if pos < len(c.t.Fields) {
		return c.column(c.t, &c.t.Fields[pos], alias)
	}
	return alias + "." + quote(c.t.Relations[pos-len(c.t.Fields)].Column), nil
}

// storedText is the canonical text of a stored value, "" for what is not stored or must not be seen.
func storedText(c *compiler, t *resource.Type, pos int, alias string) (string, error) {
	if pos >= len(t.Fields) {
		rel := &t.Relations[pos-len(t.Fields)]
		if rel.ToMany {
			return "", nil
		}
		return alias + "." + quote(rel.Column) + "::text", nil
	}
	f := &t.Fields[pos]
	if f.Computed != nil || f.Secret {
		return "", nil
	}
	expr, err := c.column(t, f, alias)
	return "(" + f.Kind.Output(expr, resource.Language{All: true}) + ")::text", err
}
