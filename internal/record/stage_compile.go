package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// comparison is the compiled statement that looks up staged rows of one signature and compares them with what is stored.
// Its columns are: position of the row, id and revision of the record, id of another record with the new key, owner, ids
// of the references, flags of the given positions if any differs, results of laying values over the stored ones, and the
// stored values if any differs. All but the last two are text, so that they read alike in every protocol.
type comparison struct {
	sql     string
	binders []binder // the caller's values, the first parameters
	columns []staged // the rest
	refs    []int    // relations whose ids come back
	given   []int    // positions that are compared
	merged  []int    // positions whose merged value comes back
	old     []int    // positions whose stored value comes back
}

// comparer writes a comparison.
type comparer struct {
	compiler
	comparison
	t        *resource.Type
	sig      string
	selected []string
	values   map[int]string // expression of the given value by position
	fresh    map[int]string // condition under which a reference leads to no stored record
}

// comparison gives the statement for a signature out of the store's cache or compiles it.
func (p *Plan) comparison(t *resource.Type, sig string) (*comparison, error) {
	key := t.Name + "\x00" + p.caller.Side.String() + "\x00" + sig
	if p.caller.Grants != nil {
		key += "\x00" + p.caller.Grants.Shape()
	}
	return cachedWrite(p.store, p.schema.Revision(), key, func() (*comparison, error) {
		c := &comparer{t: t, sig: sig, values: map[int]string{}, fresh: map[int]string{}}
		c.compiler = compiler{schema: p.schema, side: p.caller.Side, grants: p.caller.Grants,
			context: map[string]string{}, joins: map[string]string{}}
		return c.compile()
	})
}

func (c *comparer) compile() (*comparison, error) {
	mode := c.next()
	target := c.takeReference(c.t)
	c.stageValues()
	if err := c.joinTarget(target); err != nil {
		return nil, err
	}
	c.output("s.n::text", "t.id::text", "t.revision::text")
	c.joinOther(target)
	if mode == modeOwned || mode == modeDeleteOwned {
		owner, _ := c.t.Relation("owner")
		c.output("t." + quote(owner.Column) + "::text")
	} else {
		c.output("NULL::text")
	}
	for _, i := range c.refs {
		c.output(c.values[len(c.t.Fields)+i] + "::text")
	}
	if err := c.compare(target.form == formValues, mode == modeDelete || mode == modeDeleteOwned); err != nil {
		return nil, err
	}
	c.comparison.binders = c.compiler.binders
	c.sql = "SELECT " + strings.Join(c.selected, ", ") + " FROM " + unnest(len(c.comparison.binders), len(c.columns), true) +
		c.from.String()
	return &c.comparison, nil
}

func (c *comparer) output(exprs ...string) { c.selected = append(c.selected, exprs...) }

// next takes one byte off the signature.
func (c *comparer) next() byte {
	b := c.sig[0]
	c.sig = c.sig[1:]
	return b
}

// named is how a signature names a record: the form and, of a key, which parts are given.
type named struct {
	form  byte
	parts string
}

func (c *comparer) takeReference(t *resource.Type) named {
	n := named{form: c.next()}
	if n.form == formKey {
		k := len(c.schema.Key(t))
		n.parts, c.sig = c.sig[:k], c.sig[k:]
	}
	return n
}

// stage adds a column and gives its name.
func (c *comparer) stage(get staged) string {
	c.columns = append(c.columns, get)
	return fmt.Sprintf("s.c%d", len(c.columns)-1)
}

// stageValues stages the given fields and joins the given references.
func (c *comparer) stageValues() {
	for i := range c.t.Fields {
		switch f := &c.t.Fields[i]; c.next() {
		case formValues:
			c.values[i] = c.stage(func(r *row) *string {
				if r.values[i].State != resource.Set {
					return nil
				}
				return &r.values[i].Text
			}) + "::" + f.Kind.SQL()
			c.given = append(c.given, i)
		case formNull:
			c.values[i] = "NULL"
			c.given = append(c.given, i)
		}
	}
	for i := range c.t.Relations {
		target, _ := c.schema.Type(c.t.Relations[i].Target)
		n := c.takeReference(target)
		if n.form == formAbsent {
			continue
		}
		pos, first := len(c.t.Fields)+i, len(c.columns)
		id, looked := c.joinReference(target, n, func(r *row) *reference { return &r.refs[i] })
		c.values[pos] = id
		c.given = append(c.given, pos)
		if looked {
			c.refs = append(c.refs, i)
			if first < len(c.columns) { // it may lead to a new record of the batch, which no stored one points to yet
				c.fresh[pos] = fmt.Sprintf("(%s IS NULL AND s.c%d IS NOT NULL)", id, first)
			}
		}
	}
}

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
		if pos < len(c.t.Fields) {
			if m, ok := c.t.Fields[pos].Kind.(resource.Merger); ok && value != "NULL" {
				given, _, _ := strings.Cut(value, "::")
				value = "CASE WHEN " + given + " IS NOT NULL THEN " + m.Merge(stored, value) + " END"
				merged = append(merged, "("+value+")::text")
				c.merged = append(c.merged, pos)
			}
		}
		flags[n] = stored + " IS DISTINCT FROM " + value
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
