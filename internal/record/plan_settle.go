package record

import "github.com/hanse-commerce/hanse/resource"

// settle spreads failures over groups, lists and links, and gives each change its outcome.
func (p *Plan) settle() {
	p.groups, p.needed = map[int][]*row{}, map[*row][]*row{}
	var failed []*row
	for _, s := range p.sets {
		for _, r := range s.rows {
			if g := r.group(); g != 0 {
				p.groups[g] = append(p.groups[g], r)
			}
			for _, d := range r.deps {
				if !d.exists {
					p.needed[d] = append(p.needed[d], r)
				}
			}
			if r.parent != nil {
				p.needed[r.parent] = append(p.needed[r.parent], r)
			}
			if r.failed {
				failed = append(failed, r)
			}
		}
	}
	for _, r := range failed {
		p.spread(r)
	}
	p.touchParents()
	for _, s := range p.sets {
		for _, r := range s.rows {
			r.conclude()
		}
	}
}

// group is the change's own group or that of the record in whose list it stands.
func (r *row) group() int {
	if r.change.Group == 0 && r.parent != nil {
		return r.parent.group()
	}
	return r.change.Group
}

// spread fails what cannot go without a failed row: its group, the owner of its list, and what needs its record.
func (p *Plan) spread(r *row) {
	r.conclude()
	fail := func(other *row, field, code, format string, a ...any) {
		if !other.failed {
			other.fault(field, code, format, a...)
			p.spread(other)
		}
	}
	if r.parent != nil {
		detail := "a record of the list failed"
		code := CodeDependency
		if len(r.change.Faults) > 0 {
			code, detail = r.change.Faults[0].Code, r.change.Faults[0].Detail
		}
		fail(r.parent, r.set.relation.Name, code, "%s: %s", r.parent.label(), detail)
	}
	if g := r.group(); g != 0 {
		for _, other := range p.groups[g] {
			fail(other, "", CodeGroup, "%s is not written, because %s, which belongs with it, failed", other.label(), r.label())
		}
	}
	for _, other := range p.needed[r] {
		fail(other, "", CodeDependency, "%s is not written, because %s, which it needs, failed", other.label(), r.label())
	}
}

// touchParents lets the owner of a list count as changed when a record of the list is, innermost lists first.
func (p *Plan) touchParents() {
	for i := len(p.sets) - 1; i >= 0; i-- {
		s := p.sets[i]
		if s.relation == nil {
			continue
		}
		for _, r := range s.rows {
			if !r.failed && r.parent.exists && (!r.exists || r.changes()) {
				r.parent.touch(s.relation.Name)
			}
		}
	}
	for _, d := range p.doomed {
		if d.replaced != nil && !d.root.failed {
			d.root.touch(d.replaced.Name)
		}
	}
}

// changes reports whether anything of a stored record is to be written.
func (r *row) changes() bool { return len(r.change.Changed) > 0 }

// conclude gives the change its outcome and id.
func (r *row) conclude() {
	c := r.change
	c.ID = r.id
	switch {
	case r.failed:
		c.Outcome = Failed
		if !r.exists {
			c.ID = ""
		}
	case r.set.op == Delete:
		c.Outcome = Deleted
		c.Before = r.old
	case !r.exists:
		c.Outcome = Created
	case r.changes():
		c.Outcome = Updated
	default:
		c.Outcome = Unchanged
	}
}

// Failed reports whether anything in the plan is refused.
func (p *Plan) Failed() bool {
	for _, r := range p.rows {
		if r.failed {
			return true
		}
	}
	return false
}

// Count tells how many of the batch's own changes have each outcome; records in lists count with their owners.
func (p *Plan) Count() map[Outcome]int {
	counts := map[Outcome]int{}
	for _, s := range p.batch.Sets {
		for _, c := range s.Changes {
			counts[c.Outcome]++
		}
	}
	return counts
}

// Violations are all faults of the batch in the order of its changes.
func (p *Plan) Violations() []resource.Violation {
	var all []resource.Violation
	for _, s := range p.batch.Sets {
		for _, c := range s.Changes {
			all = append(all, c.Faults...)
		}
	}
	return all
}
