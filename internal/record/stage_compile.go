package record

import (
	"fmt"
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
	if len(c.columns) == 0 { // a new record without any value still is a row
		c.stage(func(*row) *string { return nil })
	}
	c.comparison.binders = c.compiler.binders
	if len(c.columns) == 0 { // a new record of which nothing is said is a row all the same
		c.stage(func(*row) *string { return nil })
	}
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
