// Package intake takes partners' files in: it tells what a file is, turns its rows into changes of records,
// writes them in chunks that a dead process's successor goes on from, and says what became of each.
package intake

import (
	"context"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Rows yields the rows of one file. Next gives io.EOF after the last; a *FileError refuses what is left of the file.
type Rows interface {
	Next(ctx context.Context) (*Row, error)
	Close() error
	// Count is how many rows the file has, 0 if that is not known before they were read.
	Count() int64
	// Format says as what the file is read, in words; "" if there is nothing to say.
	Format() string
	// Notes are remarks about the file as a whole; complete after the last row.
	Notes() []module.Notice
}

// Row is one row of a file: what it means and what is wrong with it already.
type Row struct {
	Line     int
	Resource string // type of the record it is about
	Key      string // natural key of that record for people, "" where it is not known
	Drafts   []Draft
	Needs    []*Need
	Notices  []module.Notice
	Skipped  string // why nothing of it is applied though nothing is wrong
	Message  module.Message
	Raw      []byte

	Acknowledgements []module.Acknowledgement

	identity string // the key with its parts kept apart, by which a second row of it is told
	hash     string // of a document's content
	bytes    int    // of the file that the row holds in memory
	commands []asked
	answers  []module.Notice // what came of acknowledgements and commands
	taken    bool            // an acknowledgement was
	moved    bool            // a command changed something, or would
	borrowed []borrowing     // relations that are taken from other records
	periods  []pricing.Period
	cleared  bool // stored prices made room for the row's
}

// Draft is a change that a row asks for. Those that others link to stand first.
type Draft struct {
	Type      *resource.Type
	Operation record.Operation
	Change    *record.Change
	Primary   bool // the record the row is about
}

// Need is a record that has to exist before a row is written: it is made where it is missing and left alone otherwise.
// Rows refer to it by its key.
type Need struct {
	Type   *resource.Type
	Change *record.Change // key among the values, everything else initial
	name   string         // tells needs apart
	key    string
}

// again is the need for another chunk, which may be planned at the same time.
func (n *Need) again() *Need {
	change := *n.Change
	change.Reset()
	return &Need{Type: n.Type, Change: &change, name: n.name, key: n.key}
}

func newNeed(t *resource.Type, key string, c *record.Change) *Need {
	return &Need{Type: t, Change: c, name: t.Name + "\x00" + key, key: key}
}

func (r *Row) add(t *resource.Type, op record.Operation, c *record.Change, primary bool) {
	r.Drafts = append(r.Drafts, Draft{Type: t, Operation: op, Change: c, Primary: primary})
}

func (r *Row) fault(field, class, code, detail string) {
	r.Notices = append(r.Notices, module.Notice{Field: field, Class: class, Code: code, Detail: detail})
}

func (r *Row) warn(field, class, code, detail string) {
	r.Notices = append(r.Notices, module.Notice{Warning: true, Field: field, Class: class, Code: code, Detail: detail})
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

// outcome is what became of a row as a whole: the record it is about decides whether it is new; any other difference is
// an update.
func (r *Row) outcome() record.Outcome {
	if r.failed() {
		return record.Failed
	}
	for _, n := range r.answers {
		if !n.Warning {
			return record.Failed
		}
	}
	out := record.Unchanged
	if r.cleared || r.taken || r.moved { // an answer that was taken changed what it is about
		out = record.Updated
	}
	for _, d := range r.Drafts {
		switch o := d.Change.Outcome; {
		case o == record.Failed:
			return record.Failed
		case o == record.Created && d.Primary:
			out = record.Created
		case (o == record.Created || o == record.Updated || o == record.Deleted) && out != record.Created:
			out = record.Updated
		}
	}
	return out
}

// notices are a row's own and those of its changes.
func (r *Row) notices() []module.Notice {
	all := append(r.Notices[:len(r.Notices):len(r.Notices)], r.answers...)
	if r.Skipped != "" {
		all = append(all, module.Notice{Warning: true, Class: "value", Code: "skipped", Detail: r.Skipped})
	}
	for _, d := range r.Drafts {
		for _, f := range d.Change.Faults {
			if f.Code != record.CodeGroup { // the member that failed says why
				all = append(all, module.Notice{Field: f.Field, Class: classOf(f.Code), Code: f.Code, Detail: f.Detail})
			}
		}
		for _, w := range d.Change.Warnings {
			all = append(all, module.Notice{Warning: true, Field: w.Field, Class: classOf(w.Code), Code: w.Code, Detail: w.Detail})
		}
	}
	return all
}

// classOf sorts the codes of change sets into the classes of an error desk.
func classOf(code string) string {
	switch code {
	case record.CodeRequired, record.CodeNotFound, record.CodeUnknownRecord, record.CodeDependency:
		return "missing"
	case record.CodeDuplicate, record.CodeAlreadyExists, record.CodeExternalTaken:
		return "duplicate"
	case record.CodeConflict:
		return "intermittent"
	}
	return "value"
}

// refused reports whether a change of the row was refused by the plan.
func (r *Row) refused() bool {
	for _, d := range r.Drafts {
		if d.Change.Outcome == record.Failed {
			return true
		}
	}
	return false
}
