package record

import (
	"fmt"

	"github.com/hanse-commerce/hanse/resource"
)

// set is a change set on its way through a plan; the given lists of an owned relation are a set of their own.
type set struct {
	t        *resource.Type
	op       Operation
	rows     []*row
	depth    int                // longest chain of links within the set
	top      *resource.Type     // the type whose permissions count
	relation *resource.Relation // the owned relation whose lists these are, nil for a set of the batch
	parents  []*row             // those of the parents that gave a list, in which these stand
}

// row is one change on its way through a plan.
type row struct {
	change *Change
	set    *set
	parent *row // owner of the list that it stands in
	level  int  // how many links within the set lie before it

	target  reference
	values  resource.Record // what is given, defaults and parts of the key laid in; after judging, as it is written
	refs    []reference     // by relation
	initial []int           // positions that only a new record gets
	deps    []*row          // rows of the batch whose records it points to

	id        string
	exists    bool
	failed    bool
	revision  int64
	other     bool     // its new key belongs to another record
	found     []string // ids of the referenced records by relation
	owner     string   // stored id of the owner, where permission depends on it
	differs   []bool   // by position
	old       resource.Record
	touched   bool // lists or external ids differ, though no value does
	externals []ExternalID
	dropped   []ExternalID // external ids that the record loses
}

// unfold turns the batch into sets and rows, ties links to the rows they lead to, and measures chains within a set.
func (p *Plan) unfold() error {
	for _, cs := range p.batch.Sets {
		if cs.Type == nil {
			return fmt.Errorf("a change set has no type")
		}
		if t, ok := p.schema.Type(cs.Type.Name); !ok || t.Width() != cs.Type.Width() {
			return fmt.Errorf("a change set is of %s as an older schema knew them; build it anew", cs.Type.Name)
		}
		s := &set{t: cs.Type, op: cs.Operation, top: cs.Type}
		if err := p.addSet(s, cs.Changes, nil); err != nil {
			return err
		}
	}
	for _, s := range p.sets {
		for _, r := range s.rows {
			if err := p.measure(r, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Plan) addSet(s *set, changes []*Change, parent *row) error {
	p.sets = append(p.sets, s)
	for _, c := range changes {
		if _, err := p.addRow(s, c, parent); err != nil {
			return err
		}
	}
	return p.addOwned(s)
}

func (p *Plan) addRow(s *set, c *Change, parent *row) (*row, error) {
	if _, twice := p.rows[c]; twice {
		return nil, fmt.Errorf("a change of %s stands in the batch twice", s.t.Name)
	}
	c.ID, c.Outcome, c.Changed, c.Before, c.Warnings = "", Pending, nil, nil, nil
	c.Faults = append([]resource.Violation(nil), p.refused[c]...)
	r := &row{change: c, set: s, parent: parent, failed: len(c.Faults) > 0}
	p.rows[c] = r
	s.rows = append(s.rows, r)
	return r, nil
}

// addOwned makes a set of all lists that the rows give for one owned relation.
func (p *Plan) addOwned(s *set) error {
	for i := range s.t.Relations {
		rel := &s.t.Relations[i]
		if !rel.Owns {
			continue
		}
		target, _ := p.schema.Type(rel.Target)
		lists := &set{t: target, op: Upsert, top: s.top, relation: rel}
		for _, r := range s.rows {
			children, given := r.change.Owned[rel.Name]
			if !given || s.op == Delete {
				continue
			}
			lists.parents = append(lists.parents, r)
			for _, c := range children {
				if _, err := p.addRow(lists, c, r); err != nil {
					return err
				}
			}
		}
		if len(lists.parents) > 0 {
			p.sets = append(p.sets, lists)
			if err := p.addOwned(lists); err != nil {
				return err
			}
		}
	}
	for _, r := range s.rows {
		for name := range r.change.Owned {
			if rel, ok := s.t.Relation(name); !ok || !rel.Owns {
				return fmt.Errorf("%s have no list %q that is written with them", s.t.Name, name)
			}
		}
	}
	return nil
}

// maxDepth is how long a chain of links within one set may be, such as a path of new categories.
const maxDepth = 64

// measure finds how many links within its set lie before a row, so that what others need is planned and written first.
func (p *Plan) measure(r *row, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("changes of %s link to each other in a circle or more than %d deep", r.set.t.Name, maxDepth)
	}
	for name, c := range r.change.Links {
		linked, ok := p.rows[c]
		if !ok {
			return fmt.Errorf("the link %q of a change of %s leads to no change of the batch", name, r.set.t.Name)
		}
		if linked.set == r.set {
			if err := p.measure(linked, depth+1); err != nil {
				return err
			}
			r.level = max(r.level, linked.level+1)
		}
	}
	r.set.depth = max(r.set.depth, r.level)
	return nil
}
