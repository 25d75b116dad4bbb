package record

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/resource"
)

// CodeRefused is the code of a record that breaks a rule that only its table knows.
const CodeRefused = "refused"

// refused gives PostgreSQL's reason for refusing a value: a CHECK constraint, an empty column, a number out of range.
func refused(err error) (*pgconn.PgError, bool) {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return nil, false
	}
	return pg, pg.Code == "23514" || pg.Code == "23502" || strings.HasPrefix(pg.Code, "22")
}

// isolate finds the records that the database refuses, by writing ever smaller parts of the plan and taking them back,
// and fails them, so that the rest of the chunk can be written. It reports whether it found any.
func (p *Plan) isolate(ctx context.Context, tx pgx.Tx) (found bool, err error) {
	w := &writer{plan: p}
	if err := w.collect(); err != nil {
		return false, err
	}
	return p.isolateIn(ctx, tx, w.units())
}

func (p *Plan) isolateIn(ctx context.Context, tx pgx.Tx, units [][]*row) (bool, error) {
	if len(units) == 0 {
		return false, nil
	}
	if err := back(ctx, tx); err != nil {
		return false, err
	}
	w := &writer{plan: p, only: map[*row]bool{}}
	for _, u := range units {
		for _, r := range u {
			w.only[r] = true
		}
	}
	if err := w.collect(); err != nil {
		return false, err
	}
	err := w.write(ctx, tx, false)
	if err := back(ctx, tx); err != nil {
		return false, err
	}
	reason, is := refused(err)
	switch {
	case err == nil || raced(err):
		return false, nil
	case !is:
		return false, err
	case len(units) == 1:
		p.refuseUnit(units[0], reason)
		return true, nil
	}
	first, err := p.isolateIn(ctx, tx, units[:len(units)/2])
	if err != nil {
		return false, err
	}
	second, err := p.isolateIn(ctx, tx, units[len(units)/2:])
	return first || second, err
}

// units are the rows to be written, together with what must be written with them.
func (w *writer) units() [][]*row {
	above := map[*row]*row{}
	var top func(r *row) *row
	top = func(r *row) *row {
		if above[r] == nil || above[r] == r {
			return r
		}
		above[r] = top(above[r])
		return above[r]
	}
	join := func(a, b *row) { above[top(a)] = top(b) }
	var rows []*row
	for _, x := range w.sets {
		rows = append(append(rows, flatten(x.creates)...), x.updates...)
	}
	for _, d := range append(w.replaced[:len(w.replaced):len(w.replaced)], w.doomed...) {
		rows = append(rows, d.root)
	}
	groups := map[int]*row{}
	for _, r := range rows {
		for _, d := range r.deps {
			if !d.exists || d == r.parent {
				join(r, d)
			}
		}
		if g := r.group(); g != 0 {
			if first := groups[g]; first != nil {
				join(r, first)
			}
			groups[g] = r
		}
	}
	at, units, seen := map[*row]int{}, [][]*row{}, map[*row]bool{}
	for _, r := range rows {
		if seen[r] {
			continue
		}
		seen[r] = true
		i, known := at[top(r)]
		if !known {
			i = len(units)
			at[top(r)] = i
			units = append(units, nil)
		}
		units[i] = append(units[i], r)
	}
	return units
}

// refuseUnit fails the rows of the table that refused; what belongs with them fails too.
func (p *Plan) refuseUnit(unit []*row, reason *pgconn.PgError) {
	any := false
	for _, r := range unit {
		if r.set.t.Table == reason.TableName || reason.TableName == "" {
			any = true
			p.refuseRow(r, reason)
		}
	}
	if !any { // a trigger wrote to another table
		p.refuseRow(unit[0], reason)
	}
}

func (p *Plan) refuseRow(r *row, reason *pgconn.PgError) {
	v := resource.Violation{Code: CodeRefused, Detail: r.label() + " is refused by its table: " + reason.Message + "; correct the value"}
	for i := range r.set.t.Fields {
		if f := &r.set.t.Fields[i]; f.Column == reason.ColumnName {
			v.Field = f.Name
		}
	}
	p.Refuse(r.change, v)
}
