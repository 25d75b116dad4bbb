package record

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// Row is one primary record of an answer as PostgreSQL built it. Its bytes are valid until the next row.
type Row struct {
	ID         []byte
	Revision   int64
	Attributes []byte // JSON object
	Ones       []One
	Includes   [][]Included // by include path, in the order of Answer.Includes
}

// One is the linkage of a to-one relation; ID is nil where there is none.
type One struct {
	Relation *resource.Relation
	ID       []byte
}

// Included is a related record that came along.
type Included struct {
	Parent, ID string
	Attributes string
	Ones       []One
}

// Path describes one include path of an answer.
type Path struct {
	Name, Parent string // "category.parent", "category"
	Relation     *resource.Relation
	Target       *resource.Type
	Many         []*resource.Relation // to-many relations of the target that the side shows
}

// Answer is what holds for all rows.
type Answer struct {
	Type  *resource.Type
	Paths []Path
	Many  []*resource.Relation // to-many relations of the primary type that the side shows
	More  bool                 // there is a next page; known after the last row
	Total int64                // -1 unless asked for
}

// Batcher sends statements in one round trip: a pool, a connection or a transaction.
type Batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Read answers a query with one statement in one round trip, the caller's context set in the same, and hands each row on
// as it comes. Within a transaction the context must be set already. A *QueryError says what the definitions do not allow.
func (s *Store) Read(ctx context.Context, db Batcher, caller access.Caller, q *Query, each func(*Answer, *Row) error) (*Answer, error) {
	st, err := s.compile(q, &caller)
	if err != nil {
		return nil, err
	}
	answer := st.answer(s.schema(), q, &caller)
	batch := &pgx.Batch{}
	_, inside := db.(pgx.Tx)
	if !inside {
		access.Queue(batch, caller)
	}
	if q.Total {
		if err := queue(batch, st.countSQL, st.counters, q, &caller); err != nil {
			return nil, err
		}
	}
	if err := queue(batch, st.sql, st.binders, q, &caller); err != nil {
		return nil, err
	}
	results := db.SendBatch(ctx, batch)
	err = s.receive(results, st, q, inside, answer, each)
	if closing := results.Close(); err == nil && closing != nil {
		err = fmt.Errorf("reading %s: %w", q.Type.Name, closing)
	}
	return answer, err
}

func queue(batch *pgx.Batch, sql string, binders []binder, q *Query, caller *access.Caller) error {
	args := make([]any, len(binders))
	for i, b := range binders {
		v, err := b(q, caller)
		if err != nil {
			return err
		}
		args[i] = v
	}
	batch.Queue(sql, args...)
	return nil
}

func (s *Store) receive(results pgx.BatchResults, st *statement, q *Query, inside bool, answer *Answer, each func(*Answer, *Row) error) error {
	if !inside {
		if _, err := results.Exec(); err != nil {
			return fmt.Errorf("setting the caller's context: %w", err)
		}
	}
	if q.Total {
		if err := results.QueryRow().Scan(&answer.Total); err != nil {
			return fmt.Errorf("counting %s: %w", q.Type.Name, err)
		}
	}
	rows, err := results.Query()
	if err != nil {
		return fmt.Errorf("reading %s: %w", q.Type.Name, err)
	}
	defer rows.Close()
	row := &Row{Ones: make([]One, len(st.ones)), Includes: make([][]Included, len(st.includes))}
	for n := 0; rows.Next(); n++ {
		if q.Size > 0 && q.Target.IsZero() && n == q.Size {
			answer.More = true
			continue
		}
		if err := st.fill(rows, row, q.Type); err != nil {
			return fmt.Errorf("reading %s: %w", q.Type.Name, err)
		}
		if err := each(answer, row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", q.Type.Name, err)
	}
	return nil
}

func (st *statement) fill(rows pgx.Rows, row *Row, t *resource.Type) error {
	raw := rows.RawValues()
	fields := rows.FieldDescriptions()
	types := rows.Conn().TypeMap()
	row.ID, row.Attributes = raw[0], raw[2]
	if err := types.Scan(fields[1].DataTypeOID, fields[1].Format, raw[1], &row.Revision); err != nil {
		return err
	}
	at := 3
	for k, i := range st.ones {
		row.Ones[k] = One{Relation: &t.Relations[i], ID: raw[at]}
		at++
	}
	for k, n := range st.includes {
		var cells pgtype.Array[pgtype.Text]
		if err := types.Scan(fields[at].DataTypeOID, fields[at].Format, raw[at], &cells); err != nil {
			return err
		}
		row.Includes[k] = n.records(&cells)
		at++
	}
	return nil
}

// records takes the related records out of the rows of the array that includeColumn makes.
func (n *include) records(cells *pgtype.Array[pgtype.Text]) []Included {
	if len(cells.Elements) == 0 {
		return nil
	}
	count := len(cells.Elements) / (3 + len(n.ones))
	cell := func(row, i int) pgtype.Text { return cells.Elements[row*count+i] }
	records := make([]Included, count)
	for i := range records {
		records[i] = Included{Parent: cell(0, i).String, ID: cell(1, i).String, Attributes: cell(2, i).String}
		for k, at := range n.ones {
			one := One{Relation: &n.target.Relations[at]}
			if id := cell(3+k, i); id.Valid {
				one.ID = []byte(id.String)
			}
			records[i].Ones = append(records[i].Ones, one)
		}
	}
	return records
}

func (st *statement) answer(schema *resource.Schema, q *Query, caller *access.Caller) *Answer {
	a := &Answer{Type: q.Type, Many: st.many, Total: -1}
	for _, n := range st.includes {
		a.Paths = append(a.Paths, Path{Name: n.path, Parent: n.parent, Relation: n.relation, Target: n.target,
			Many: visibleMany(schema, caller.Side, caller.Grants, n.target)})
	}
	return a
}

// Statement is the SQL of a query with its parameters, as Read sends it after the caller's context.
func (s *Store) Statement(q *Query, caller access.Caller) (sql string, args []any, err error) {
	st, err := s.compile(q, &caller)
	if err != nil {
		return "", nil, err
	}
	b := &pgx.Batch{}
	if err := queue(b, st.sql, st.binders, q, &caller); err != nil {
		return "", nil, err
	}
	return st.sql, b.QueuedQueries[0].Arguments, nil
}
