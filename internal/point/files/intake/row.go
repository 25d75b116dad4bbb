// Package intake turns the files that partners send into changes of records: it tells what a file is, reads its rows,
// writes them in chunks that a dead process's successor goes on from, and says what became of each.
package intake

import (
	"context"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Rows yields the rows of one file. Next gives io.EOF after the last; any other error refuses what is left of the file.
type Rows interface {
	Next(ctx context.Context, c *Chunk) (*Row, error)
	Close() error
	// Notes are remarks about the file as a whole, such as its encoding; complete after the last row.
	Notes() []module.Notice
}

// Row is one row of a file: what it means and what is wrong with it already.
type Row struct {
	Line     int
	Resource string // type of the record it is about
	Key      string // natural key of that record, "" where it is not known
	Drafts   []Draft
	Notices  []module.Notice
	Skipped  string
	Message  module.Message
	Raw      []byte
	hash     string

	Acknowledgements []module.Acknowledgement

	requires []*record.Change // made sure of for other rows too; the row fails with them
	borrowed []borrowing
}

// Draft is a change that a row asks for. Those that others link to stand first.
type Draft struct {
	Type      *resource.Type
	Operation record.Operation
	Change    *record.Change
	Primary   bool // the record the row is about
}

func (r *Row) add(t *resource.Type, op record.Operation, c *record.Change, primary bool) *record.Change {
	r.Drafts = append(r.Drafts, Draft{Type: t, Operation: op, Change: c, Primary: primary})
	return c
}

func (r *Row) fault(field, class, code, detail string) {
	r.Notices = append(r.Notices, module.Notice{Field: field, Class: class, Code: code, Detail: detail})
}

// failed reports whether the row must not be applied.
func (r *Row) failed() bool {
	for _, n := range r.Notices {
		if !n.Warning {
			return true
		}
	}
	return false
}

// Chunk is the rows that are written in one transaction, with what several of them need to exist.
type Chunk struct {
	Rows    []*Row
	ensured map[string]*record.Change
	needs   []Draft
	touched []*record.Change // of the needs, by the row that is being read
}

// Ensure gives the change that makes sure a record exists: by the key in its values, with its initial values if it has to
// be created. Rows of a chunk share it.
func (c *Chunk) Ensure(t *resource.Type, key string, make func() *record.Change) *record.Change {
	if c.ensured == nil {
		c.ensured = map[string]*record.Change{}
	}
	name := t.Name + "\x00" + key
	change, have := c.ensured[name]
	if !have {
		change = make()
		c.ensured[name] = change
		c.needs = append(c.needs, Draft{Type: t, Operation: record.Upsert, Change: change})
	}
	c.touched = append(c.touched, change)
	return change
}

// after is the chunk that follows. What the last row read into this one needed goes with it, and what that links to.
func (c *Chunk) after() *Chunk {
	next, wanted := &Chunk{ensured: map[string]*record.Change{}}, map[*record.Change]bool{}
	var want func(*record.Change)
	want = func(change *record.Change) {
		wanted[change] = true
		for _, to := range change.Links {
			want(to)
		}
	}
	for _, change := range c.touched {
		want(change)
	}
	for name, change := range c.ensured {
		if wanted[change] {
			next.ensured[name] = change
		}
	}
	for _, d := range c.needs {
		if wanted[d.Change] {
			next.needs = append(next.needs, d)
		}
	}
	return next
}

// batch puts the chunk's changes into sets, needs first, each row's under a group of its own.
func (c *Chunk) batch() *record.Batch {
	b := &record.Batch{}
	for _, d := range c.needs {
		d.Change.Reset() // an earlier chunk may have planned it too
		b.Add(d.Type, d.Operation, d.Change)
	}
	for i, r := range c.Rows {
		if r.failed() || r.Skipped != "" {
			continue
		}
		for _, d := range r.Drafts {
			d.Change.Group = i + 1
			b.Add(d.Type, d.Operation, d.Change)
		}
	}
	b.Arrange()
	return b
}

// outcome is what became of a row as a whole: the record it is about decides what is new; any other difference is an
// update.
func (r *Row) outcome() record.Outcome {
	if r.failed() {
		return record.Failed
	}
	out := record.Unchanged
	for _, d := range r.Drafts {
		switch d.Change.Outcome {
		case record.Failed:
			return record.Failed
		case record.Created:
			if d.Primary && out != record.Updated {
				out = record.Created
			} else if out == record.Unchanged {
				out = record.Updated
			}
		case record.Updated, record.Deleted:
			if !d.Primary || out == record.Unchanged {
				out = maxOutcome(out)
			}
		}
	}
	return out
}

// maxOutcome keeps "created" where the row's own record is new and raises "unchanged" to "updated".
func maxOutcome(o record.Outcome) record.Outcome {
	if o == record.Created {
		return o
	}
	return record.Updated
}
