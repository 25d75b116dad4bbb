package record

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/resource"
)

// writing is a compiled insert or update of rows that give the same positions.
type writing struct {
	sql string // names the rows that it wrote
	// counted only counts them and fails where a place is taken; it spares PostgreSQL looking for that before each insert.
	counted string
	columns []staged
}

// mask tells which positions of a row are given.
func (r *row) mask() string {
	b := make([]byte, len(r.values))
	for i, v := range r.values {
		b[i] = '0'
		if v.Given() && (i < len(r.set.t.Fields) || !r.set.t.Relations[i-len(r.set.t.Fields)].ToMany) {
			b[i] = '1'
		}
	}
	return string(b)
}

// byMask sorts rows into those that one statement writes.
func byMask(rows []*row) (masks []string, of map[string][]*row) {
	of = map[string][]*row{}
	for _, r := range rows {
		m := r.mask()
		if of[m] == nil {
			masks = append(masks, m)
		}
		of[m] = append(of[m], r)
	}
	return masks, of
}

// queueInserts adds new rows in the order of their keys, so that two writers of the same keys wait for each other and do
// not deadlock. A row whose place was taken meanwhile does not come back.
func (w *writer) queueInserts(batch *pgx.Batch, x *written) error {
	for _, level := range x.creates {
		sortByKey(level)
		masks, of := byMask(level)
		for _, m := range masks {
			s, err := w.plan.writing(x.set.t, "insert", m, insertSQL)
			if err != nil {
				return err
			}
			if err := w.queue(batch, s, of[m]); err != nil {
				return err
			}
		}
	}
	return nil
}

// queueUpdates writes changed rows in the order of their ids. A row that has another revision meanwhile does not come back.
func (w *writer) queueUpdates(batch *pgx.Batch, x *written) error {
	slices.SortFunc(x.updates, func(a, b *row) int { return cmp.Compare(a.id, b.id) })
	var touched, changed []*row
	for _, r := range x.updates {
		if r.old == nil {
			touched = append(touched, r)
		} else {
			changed = append(changed, r)
		}
	}
	masks, of := byMask(changed)
	if len(touched) > 0 {
		none := strings.Repeat("0", x.set.t.Width())
		masks, of["touched"] = append(masks, "touched"), touched
		s, err := w.plan.writing(x.set.t, "update", none, updateSQL)
		if err != nil {
			return err
		}
		if err := w.queue(batch, s, touched); err != nil {
			return err
		}
		masks = masks[:len(masks)-1]
	}
	for _, m := range masks {
		s, err := w.plan.writing(x.set.t, "update", m, updateSQL)
		if err != nil {
			return err
		}
		if err := w.queue(batch, s, of[m]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) queue(batch *pgx.Batch, s *writing, rows []*row) error {
	staged := columns(rows, s.columns)
	if w.hopeful && len(rows) >= manyRows {
		sql, err := w.plan.folded(s.counted, 1, false, staged)
		if err != nil {
			return err
		}
		batch.Queue(sql, append([]any{w.plan.caller.Organization}, staged...)...).Exec(func(tag pgconn.CommandTag) error {
			w.short = w.short || tag.RowsAffected() != int64(len(rows))
			return nil
		})
		return nil
	}
	batch.Queue(s.sql, append([]any{w.plan.caller.Organization}, staged...)...).Query(func(result pgx.Rows) error {
		back := make(map[string]bool, len(rows))
		for result.Next() {
			back[string(result.RawValues()[0])] = true
		}
		if err := result.Err(); err != nil || len(back) == len(rows) {
			return err
		}
		for _, r := range rows {
			if !back[r.id] {
				w.lost = append(w.lost, r)
			}
		}
		return nil
	})
	return nil
}

// sortByKey sorts rows by their natural keys, in a way that is alike for all writers.
func sortByKey(rows []*row) {
	type keyed struct {
		key string
		row *row
	}
	all := make([]keyed, len(rows))
	var b []byte
	for i, r := range rows {
		b = b[:0]
		for _, name := range r.set.t.KeyOf {
			b = append(append(b, r.values[r.set.t.At(name)].Text...), 0)
		}
		all[i] = keyed{string(append(b, r.id...)), r}
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i, k := range all {
		rows[i] = k.row
	}
}

func (p *Plan) writing(t *resource.Type, verb, mask string, compile func(*resource.Type, string) *writing) (*writing, error) {
	return cachedWrite(p.store, p.schema.Revision(), verb+"\x00"+t.Name+"\x00"+mask, func() (*writing, error) {
		return compile(t, mask), nil
	})
}

func (s *writing) stage(get staged) string {
	s.columns = append(s.columns, get)
	return fmt.Sprintf("s.c%d", len(s.columns)-1)
}

func rowID(r *row) *string { return &r.id }

func rowRevision(r *row) *string {
	text := strconv.FormatInt(r.revision, 10)
	return &text
}

func valueAt(pos int) staged {
	return func(r *row) *string {
		if r.values[pos].State != resource.Set {
			return nil
		}
		return &r.values[pos].Text
	}
}

// assignment is a column and the expression of its new value.
type assignment struct{ column, value string }

// assignments are those of the positions in the mask; custom fields share one column.
func (s *writing) assignments(t *resource.Type, mask string) (all []assignment, custom []string) {
	for pos := range mask {
		if mask[pos] != '1' {
			continue
		}
		if pos >= len(t.Fields) {
			all = append(all, assignment{t.Relations[pos-len(t.Fields)].Column, s.stage(valueAt(pos)) + "::uuid"})
			continue
		}
		f := &t.Fields[pos]
		value := s.stage(valueAt(pos)) + "::" + f.Kind.SQL()
		if !f.Custom {
			all = append(all, assignment{f.Column, value})
			continue
		}
		value = "to_jsonb(" + value + ")"
		if f.Kind.SQL() == "jsonb" { // a top-level string must survive being read by ->>
			value = "CASE jsonb_typeof(" + value + ") WHEN 'string' THEN to_jsonb((" + value + ")::text) ELSE " + value + " END"
		}
		custom = append(custom, "("+literal(f.Name)+", "+value+")")
	}
	return all, custom
}

// customObject is a JSON object of the given custom values without those that are empty.
func customObject(custom []string) string {
	return "(SELECT coalesce(jsonb_object_agg(v.name, v.value) FILTER (WHERE v.value IS NOT NULL), '{}'::jsonb) FROM (VALUES " +
		strings.Join(custom, ", ") + ") AS v(name, value))"
}

func insertSQL(t *resource.Type, mask string) *writing {
	s := &writing{}
	id := s.stage(rowID) + "::uuid"
	names, values := []string{"id", "organization_id"}, []string{id, "$1::uuid"}
	if t.Scope == resource.Global {
		values[1] = id // an organization belongs to itself
	}
	all, custom := s.assignments(t, mask)
	for _, a := range all {
		names, values = append(names, quote(a.column)), append(values, a.value)
	}
	if len(custom) > 0 {
		names, values = append(names, "custom"), append(values, customObject(custom))
	}
	from := " FROM " + unnest(1, len(s.columns), false)
	if t.Scope == resource.Global {
		from += " WHERE $1::uuid IS NOT NULL"
	}
	s.counted = "INSERT INTO " + quote(t.Table) + " (" + strings.Join(names, ", ") + ") SELECT " + strings.Join(values, ", ") + from
	s.sql = s.counted + " ON CONFLICT DO NOTHING RETURNING id::text"
	return s
}

func updateSQL(t *resource.Type, mask string) *writing {
	s := &writing{}
	id, revision := s.stage(rowID), s.stage(rowRevision)
	var sets []string
	all, custom := s.assignments(t, mask)
	for _, a := range all {
		sets = append(sets, quote(a.column)+" = "+a.value)
	}
	if len(custom) > 0 {
		var names []string
		for pos := range mask {
			if mask[pos] == '1' && pos < len(t.Fields) && t.Fields[pos].Custom {
				names = append(names, literal(t.Fields[pos].Name))
			}
		}
		sets = append(sets, "custom = (coalesce(t.custom, '{}'::jsonb) - ARRAY["+strings.Join(names, ", ")+"]::text[]) || "+customObject(custom))
	}
	sets = append(sets, "revision = t.revision + 1", "updated_at = now()")
	s.counted = "UPDATE " + quote(t.Table) + " t SET " + strings.Join(sets, ", ") + " FROM " + unnest(1, len(s.columns), false) +
		" WHERE t.id = " + id + "::uuid AND t.revision = " + revision + "::bigint AND " + ofOrganization(t)
	s.sql = s.counted + " RETURNING t.id::text"
	return s
}

// ofOrganization keeps a write within the caller's organization. It is written so that no index is chosen for it.
func ofOrganization(t *resource.Type) string {
	column := "organization_id"
	if t.Scope == resource.Global {
		column = "id"
	}
	return "(t." + column + " = $1::uuid) IS TRUE"
}
