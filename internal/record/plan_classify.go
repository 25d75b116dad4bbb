package record

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hanse-commerce/hanse/resource"
)

// classify looks up the rows of one level of a set, one statement for each signature, all in one round trip, and judges
// what came of it.
func (p *Plan) classify(ctx context.Context, tx pgx.Tx, s *set, level int) error {
	var rows []*row
	for _, r := range s.rows {
		if r.level == level && !r.failed && !r.waits() {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := p.shareLookups(ctx, tx, s, rows); err != nil {
		return err
	}
	if err := p.compareStored(ctx, tx, s, rows); err != nil {
		return err
	}
	for _, r := range rows {
		if err := p.identify(r); err != nil {
			return err
		}
		if r.exists {
			r.dropInitial()
		}
	}
	for _, r := range rows {
		p.resolvePending(r)
	}
	for _, r := range rows {
		p.judge(r)
	}
	return nil
}

// waits fails a row that links to one that failed before it got an id, or stands in the list of one that failed.
func (r *row) waits() bool {
	for _, d := range r.deps {
		if d.id == "" || d == r.parent && d.failed {
			r.fault("", CodeDependency, "%s is not written, because %s, which it needs, failed", r.label(), d.label())
			return true
		}
	}
	return false
}

func (p *Plan) compareStored(ctx context.Context, tx pgx.Tx, s *set, rows []*row) error {
	common, ownership := commonForms(s.t, rows), p.ownership(s)
	groups, order := map[string][]*row{}, []string{}
	for _, r := range rows {
		sig := r.signature(common, ownership)
		if groups[sig] == nil {
			order = append(order, sig)
		}
		groups[sig] = append(groups[sig], r)
	}
	batch := &pgx.Batch{}
	if len(rows) >= manyRows {
		batch.Queue("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
	}
	for _, sig := range order {
		c, err := p.comparison(s.t, sig)
		if err != nil {
			return err
		}
		rows := groups[sig]
		args, err := p.callerArgs(c.binders)
		if err != nil {
			return err
		}
		staged, sql := columns(rows, c.columns), c.sql
		if len(rows) >= manyRows {
			if sql, err = p.folded(sql, len(args), true, staged); err != nil {
				return err
			}
		}
		batch.Queue(sql, append(args, staged...)...).Query(func(result pgx.Rows) error {
			return c.read(result, rows)
		})
	}
	if len(rows) >= manyRows {
		batch.Queue("SELECT set_config('plan_cache_mode', NULL, true)")
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("comparing with what is stored: %w", err)
	}
	return nil
}

// manyRows is from how many rows on a comparison is planned anew each time. A plan that a connection keeps may come from
// when the table was so small that reading all of it was best; for thousands of rows that would never end.
const manyRows = 100

// callerArgs are the caller's values that a statement begins with.
func (p *Plan) callerArgs(binders []binder) ([]any, error) {
	args := make([]any, len(binders))
	for i, b := range binders {
		v, err := b(nil, &p.caller)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return args, nil
}

// read takes the results of a comparison into the rows that it compared.
func (c *comparison) read(result pgx.Rows, rows []*row) error {
	seen := 0
	var texts textReader
	for result.Next() {
		raw := result.RawValues()
		texts.rows = result
		n, err := strconv.Atoi(string(raw[0]))
		if err != nil || n < 1 || n > len(rows) {
			return fmt.Errorf("the comparison answered for row %q of %d", raw[0], len(rows))
		}
		if err := c.fill(rows[n-1], raw[1:], &texts); err != nil {
			return err
		}
		seen++
	}
	if err := result.Err(); err != nil {
		return err
	}
	if seen != len(rows) {
		return fmt.Errorf("the comparison answered for %d rows of %d: a key or external id is not unique in its table", seen, len(rows))
	}
	return nil
}

func (c *comparison) fill(r *row, raw [][]byte, texts *textReader) error {
	t := r.set.t
	if r.exists = raw[0] != nil; r.exists {
		r.id = string(raw[0])
		var err error
		if r.revision, err = strconv.ParseInt(string(raw[1]), 10, 64); err != nil {
			return err
		}
	}
	r.other, r.owner = raw[2] != nil, string(raw[3])
	raw = raw[4:]
	r.found = make([]string, len(t.Relations))
	for n, i := range c.refs {
		r.found[i] = string(raw[n])
	}
	raw = raw[len(c.refs):]
	r.differs = make([]bool, t.Width())
	if raw[0] != nil {
		for n, pos := range c.given {
			r.differs[pos] = raw[0][1+2*n] == 't'
		}
	}
	merged, err := texts.read(raw, 1)
	if err != nil {
		return err
	}
	for n, text := range merged {
		if text.Valid {
			r.values[c.merged[n]].Text = text.String
		}
	}
	stored, err := texts.read(raw, 2)
	if stored != nil {
		r.old = readStored(t, c.old, stored)
	}
	return err
}

// textReader reads columns of type text[].
type textReader struct {
	rows  pgx.Rows
	texts pgtype.FlatArray[pgtype.Text]
}

// read gives the elements of the last three columns' n-th, nil for NULL; they are valid until the next call.
func (x *textReader) read(last [][]byte, n int) ([]pgtype.Text, error) {
	if last[n] == nil {
		return nil, nil
	}
	fields := x.rows.FieldDescriptions()
	f := fields[len(fields)-3+n]
	err := x.rows.Conn().TypeMap().Scan(f.DataTypeOID, f.Format, last[n], &x.texts)
	return x.texts, err
}

// readStored makes a record of stored values; what is not among the positions stays absent.
func readStored(t *resource.Type, positions []int, raw []pgtype.Text) resource.Record {
	old := t.NewRecord()
	for n, pos := range positions {
		if !raw[n].Valid {
			old[pos] = resource.Cleared
			continue
		}
		text := raw[n].String
		if pos < len(t.Fields) && strings.HasPrefix(t.Fields[pos].Kind.SQL(), "timestamp") {
			if canonical, err := t.Fields[pos].Kind.ParseText(text); err == nil {
				text = canonical
			}
		}
		old[pos] = resource.Of(text)
	}
	return old
}

// identify gives a new record its id, so that others of the batch can point to it.
func (p *Plan) identify(r *row) error {
	if r.exists || r.set.op == Update || r.set.op == Delete {
		return nil
	}
	if r.id = r.change.Target.ID; r.id == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("making an id: %w", err)
		}
		r.id = id.String()
	}
	p.announce(r)
	return nil
}
