package intake

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Chunk is the rows that are written in one transaction.
type Chunk struct {
	Rows  []*Row
	needs map[string]*Need // those that its batch makes sure of
	held  map[string]bool  // records that its rows speak of or need, where that decides which rows go together
	spans map[string][]span
}

// batch puts the chunk's changes into sets: what its rows need and is not known to exist first, then each row's under a
// group of its own.
func (c *Chunk) batch(known *knownNeeds) *record.Batch {
	b := &record.Batch{}
	c.needs = map[string]*Need{}
	var needs []*Need
	for _, r := range c.Rows {
		if r.failed() || r.Skipped != "" {
			continue
		}
		for _, n := range r.Needs {
			if c.needs[n.name] != nil || known.has(n.name) {
				continue
			}
			n = n.again()
			c.needs[n.name] = n
			needs = append(needs, n)
		}
	}
	for _, n := range byDependency(needs) {
		b.Add(n.Type, record.Upsert, n.Change)
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

// byDependency puts needs of types that others refer to before those others, since needs name each other by key.
func byDependency(needs []*Need) []*Need {
	byType, ordered, met := map[string][]*Need{}, make([]*Need, 0, len(needs)), map[string]bool{}
	for _, n := range needs {
		byType[n.Type.Name] = append(byType[n.Type.Name], n)
	}
	var put func(t *resource.Type)
	put = func(t *resource.Type) {
		if met[t.Name] {
			return
		}
		met[t.Name] = true
		for i := range t.Relations {
			if of := byType[t.Relations[i].Target]; len(of) > 0 && !t.Relations[i].ToMany {
				put(of[0].Type)
			}
		}
		ordered = append(ordered, byType[t.Name]...)
	}
	for _, n := range needs {
		put(n.Type)
	}
	return ordered
}

// require fails the rows whose needs failed, for the same reason.
func (c *Chunk) require(plan *record.Plan) {
	for _, r := range c.Rows {
		for _, n := range r.Needs {
			need := c.needs[n.name]
			if need == nil || need.Change.Outcome != record.Failed || len(need.Change.Faults) == 0 {
				continue
			}
			if len(r.Drafts) > 0 && !r.failed() && r.Skipped == "" {
				plan.Refuse(r.Drafts[0].Change, need.Change.Faults[0])
			}
		}
	}
}

// meets reports whether a row must not be written together with the chunk's, and takes note of what it speaks of. One that
// asks for commands comes alone: they lock orders and stock, which others wait for.
func (c *Chunk) meets(schema *resource.Schema, row *Row) bool {
	clash, overlap := c.clashes(schema, row), c.overlaps(row)
	return clash || overlap || len(c.Rows) > 0 && (len(row.commands) > 0 || len(c.Rows[0].commands) > 0)
}

// clashes reports whether a row speaks of, or needs, a record that a row of the chunk speaks of already, and takes note of
// its own. Several documents of one file may speak of one record on purpose: each must meet what the one before it wrote,
// so it comes in a later transaction.
func (c *Chunk) clashes(schema *resource.Schema, row *Row) (clash bool) {
	if c.held == nil {
		c.held = map[string]bool{}
	}
	var own []string
	for _, d := range row.Drafts {
		own = append(own, d.name(schema))
	}
	for _, name := range own {
		clash = clash || c.held[name]
	}
	for _, n := range row.Needs {
		clash = clash || c.held["draft "+n.name]
		c.held[n.name] = true
	}
	for _, name := range own {
		c.held[name], c.held["draft "+name] = true, true
	}
	return clash
}

// name tells drafts of one record.
func (d Draft) name(schema *resource.Schema) string {
	if !d.Change.Target.IsZero() && d.Change.Target.Key == nil {
		return d.Type.Name + "\x00" + d.Change.Target.String()
	}
	return d.Type.Name + "\x00" + strings.Join(changeKey(schema, d.Type, d.Change), "\x00")
}

// halves are the chunk's rows in two chunks.
func (c *Chunk) halves() [2]*Chunk {
	m := len(c.Rows) / 2
	return [2]*Chunk{{Rows: c.Rows[:m]}, {Rows: c.Rows[m:]}}
}

// reset makes the chunk's changes as they were before they were planned.
func (c *Chunk) reset() {
	for _, n := range c.needs {
		n.Change.Reset()
	}
	for _, r := range c.Rows {
		r.answers, r.cleared, r.taken, r.moved = nil, false, false, false
		for _, d := range r.Drafts {
			d.Change.Reset()
		}
	}
}

// result says what became of each row; before is how many rows of the file came before the chunk.
func (c *Chunk) result(before int64) *Done {
	d := &Done{Rows: before + int64(len(c.Rows)), Lines: make([]Line, 0, len(c.Rows))}
	for _, r := range c.Rows {
		l := Line{Line: r.Line, Resource: r.Resource, Key: r.Key, Message: r.Message, hash: r.hash, Outcome: r.outcome(), Notices: r.notices()}
		d.Read++
		switch l.Outcome {
		case record.Failed:
			d.Failed++
		case record.Created:
			d.Created++
		case record.Updated:
			d.Updated++
		default:
			d.Unchanged++
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}
