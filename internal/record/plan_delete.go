package record

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/resource"
)

// doomed is a stored record that goes: deleted by a change, owned by one that is, or left out of a given list.
type doomed struct {
	t        *resource.Type
	id       string
	revision int64
	old      resource.Record
	root     *row               // the change on whose account it goes
	replaced *resource.Relation // the list that it was left out of
}

// planDelete collects what the deletions of a set take with them and refuses those whose records others need.
func (p *Plan) planDelete(ctx context.Context, tx pgx.Tx, s *set) error {
	var first []*doomed
	for _, r := range s.rows {
		if !r.failed {
			first = append(first, &doomed{t: s.t, id: r.id, revision: r.revision, old: r.old, root: r})
		}
	}
	return p.doom(ctx, tx, first)
}

// doom adds records that go, with all that they own.
func (p *Plan) doom(ctx context.Context, tx pgx.Tx, first []*doomed) error {
	for wave := first; len(wave) > 0; {
		for _, d := range wave {
			p.leaving[d.id] = true
		}
		first = first[:len(first):len(first)]
		next, err := p.ownedBy(ctx, tx, wave)
		if err != nil {
			return err
		}
		first, wave = append(first, next...), next
	}
	if err := p.checkNeeded(ctx, tx, first); err != nil {
		return err
	}
	p.doomed = append(p.doomed, first...)
	return nil
}

// byType sorts records that go by their types, in the order of finding.
func byType(all []*doomed) (types []*resource.Type, of map[*resource.Type][]*doomed) {
	of = map[*resource.Type][]*doomed{}
	for _, d := range all {
		if of[d.t] == nil {
			types = append(types, d.t)
		}
		of[d.t] = append(of[d.t], d)
	}
	return types, of
}

func idsOf(all []*doomed) []string {
	ids := make([]string, len(all))
	for i, d := range all {
		ids[i] = d.id
	}
	return ids
}

// ownedBy finds the records that the given ones own.
func (p *Plan) ownedBy(ctx context.Context, tx pgx.Tx, wave []*doomed) (next []*doomed, err error) {
	types, of := byType(wave)
	for _, t := range types {
		for i := range t.Relations {
			if rel := &t.Relations[i]; rel.Owns {
				children, err := p.children(ctx, tx, rel, idsOf(of[t]))
				if err != nil {
					return nil, err
				}
				owners := map[string]*doomed{}
				for _, d := range of[t] {
					owners[d.id] = d
				}
				for _, c := range children {
					if !p.leaving[c.id] {
						next = append(next, &doomed{t: c.t, id: c.id, revision: c.revision, old: c.old, root: owners[c.parent].root})
					}
				}
			}
		}
	}
	return next, nil
}

// child is a stored record of an owned list.
type child struct {
	doomed
	parent string
}

// children reads the stored lists of records.
func (p *Plan) children(ctx context.Context, tx pgx.Tx, rel *resource.Relation, parents []string) ([]child, error) {
	t, _ := p.schema.Type(rel.Target)
	sql, positions, err := p.childrenSQL(t, rel)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sql, p.caller.Organization, parents)
	if err != nil {
		return nil, fmt.Errorf("reading the list %s: %w", rel.Name, err)
	}
	defer rows.Close()
	var all []child
	texts := textReader{rows: rows}
	for rows.Next() {
		raw := rows.RawValues()
		c := child{doomed: doomed{t: t, id: string(raw[0])}, parent: string(raw[2])}
		if c.revision, err = strconv.ParseInt(string(raw[1]), 10, 64); err != nil {
			return nil, fmt.Errorf("reading the list %s: %w", rel.Name, err)
		}
		stored, err := texts.read(raw[1:], 2)
		if err != nil {
			return nil, fmt.Errorf("reading the list %s: %w", rel.Name, err)
		}
		c.old = readStored(t, positions, stored)
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the list %s: %w", rel.Name, err)
	}
	return all, nil
}

func (p *Plan) childrenSQL(t *resource.Type, rel *resource.Relation) (sql string, positions []int, err error) {
	inverse, _ := t.Relation(rel.Inverse)
	selected := []string{"t.id::text", "t.revision::text", "t." + quote(inverse.Column) + "::text"}
	var exprs []string
	c := &compiler{schema: p.schema}
	for pos := range t.Width() {
		expr, err := storedText(c, t, pos, "t")
		if err != nil {
			return "", nil, err
		}
		if expr != "" {
			exprs, positions = append(exprs, expr), append(positions, pos)
		}
	}
	selected = append(selected, "ARRAY["+strings.Join(exprs, ", ")+"]::text[]")
	return "SELECT " + strings.Join(selected, ", ") + " FROM " + quote(t.Table) + " t WHERE t.organization_id = $1::uuid AND t." +
		quote(inverse.Column) + " = ANY ($2::uuid[]) ORDER BY t.id", positions, nil
}

// need is a to-one relation that leads to a type.
type need struct {
	t   *resource.Type
	rel *resource.Relation
}

// needs lists the relations that lead to a type; owned says which of them its records are owned through.
func (p *Plan) needs(t *resource.Type) (blocking, clearing []need) {
	for _, other := range p.schema.Types() {
		for i := range other.Relations {
			rel := &other.Relations[i]
			switch {
			case rel.ToMany || rel.Target != t.Name || owns(t, other, rel):
			case rel.Clearing:
				clearing = append(clearing, need{other, rel})
			default:
				blocking = append(blocking, need{other, rel})
			}
		}
	}
	return blocking, clearing
}

// owns reports whether t owns the records of other that point to it by rel.
func owns(t, other *resource.Type, rel *resource.Relation) bool {
	for i := range t.Relations {
		if many := &t.Relations[i]; many.Owns && many.Target == other.Name && many.Inverse == rel.Name {
			return true
		}
	}
	return false
}

// checkNeeded refuses deletions of records that others point to, one statement for each type. Records that go themselves
// do not count.
func (p *Plan) checkNeeded(ctx context.Context, tx pgx.Tx, all []*doomed) error {
	types, of := byType(all)
	for _, t := range types {
		blocking, _ := p.needs(t)
		if len(blocking) == 0 {
			continue
		}
		var parts []string
		for i, n := range blocking {
			parts = append(parts, fmt.Sprintf("SELECT s.n::text, '%d' FROM unnest($1::uuid[]) WITH ORDINALITY AS s(id, n) WHERE EXISTS "+
				"(SELECT 1 FROM %s r WHERE r.%s = s.id AND r.id <> ALL ($2::uuid[]))", i, quote(n.t.Table), quote(n.rel.Column)))
		}
		leaving := make([]string, 0, len(p.leaving))
		for id := range p.leaving {
			leaving = append(leaving, id)
		}
		rows, err := tx.Query(ctx, strings.Join(parts, " UNION ALL "), idsOf(of[t]), leaving)
		if err != nil {
			return fmt.Errorf("looking for what needs %s: %w", t.Name, err)
		}
		for rows.Next() {
			raw := rows.RawValues()
			n, _ := strconv.Atoi(string(raw[0]))
			i, _ := strconv.Atoi(string(raw[1]))
			of[t][n-1].refuse(blocking[i])
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return fmt.Errorf("looking for what needs %s: %w", t.Name, err)
		}
	}
	return nil
}

func (d *doomed) refuse(n need) {
	field := ""
	if d.replaced != nil {
		field = d.replaced.Name
	}
	what := d.root.label()
	if d.t != d.root.set.t {
		what = fmt.Sprintf("the %s %s of %s", d.t.Singular(), d.id, what)
	}
	d.root.fault(field, CodeReferenced, "%s cannot be deleted: %s still refer to it by %s; delete or change them first", what, n.t.Name, n.rel.Name)
}
