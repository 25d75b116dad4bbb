package record

import (
	"fmt"
	"slices"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// prepare reads a change without looking at the database: what is given, how the target and the references are named.
// A row that cannot be looked up has failed afterwards.
func (p *Plan) prepare(r *row) error {
	t, c := r.set.t, r.change
	if len(c.Values) != 0 && len(c.Values) != t.Width() {
		return fmt.Errorf("a change of %s has %d values where the type has %d", t.Name, len(c.Values), t.Width())
	}
	r.values = t.NewRecord()
	copy(r.values, c.Values)
	if r.set.op == Delete {
		r.keepKey()
	}
	if err := r.layInitial(); err != nil {
		return err
	}
	r.refs = make([]reference, len(t.Relations))
	for i := range r.refs {
		r.refs[i].form = formAbsent
	}
	if err := p.prepareReferences(r); err != nil {
		return err
	}
	r.checkTexts()
	p.resetCleared(r)
	p.prepareTarget(r)
	if r.set.op != Delete {
		p.checkWritable(r)
	}
	return nil
}

// layInitial lays what only a new record gets under what is given; dropInitial takes it away where the record exists.
func (r *row) layInitial() error {
	initial := r.change.Initial
	if len(initial) != 0 && len(initial) != len(r.values) {
		return fmt.Errorf("a change of %s has %d initial values where the type has %d", r.set.t.Name, len(initial), len(r.values))
	}
	for pos := range initial {
		if initial[pos].Given() && !r.values[pos].Given() {
			r.values[pos] = initial[pos]
			r.initial = append(r.initial, pos)
		}
	}
	return nil
}

func (r *row) dropInitial() {
	for _, pos := range r.initial {
		r.forget(pos)
	}
}

// forget treats a position as if nothing had been given for it.
func (r *row) forget(pos int) {
	r.values[pos], r.differs[pos] = resource.Value{}, false
	if at := pos - len(r.set.t.Fields); at >= 0 {
		r.refs[at] = reference{form: formAbsent}
	}
}

// keepKey drops what a deletion gives beside the key by which it names its record.
func (r *row) keepKey() {
	for i := range r.values {
		if !slices.Contains(r.set.t.KeyOf, r.set.t.NameAt(i)) || !r.change.Target.IsZero() {
			r.values[i] = resource.Value{}
		}
	}
}

// prepareReferences reads the to-one relations among the values, and those that lead to other changes of the batch.
func (p *Plan) prepareReferences(r *row) error {
	t := r.set.t
	for name, c := range r.change.Links {
		at := t.At(name) - len(t.Fields)
		if at < 0 || t.Relations[at].ToMany {
			return fmt.Errorf("%s have no to-one relation %q to link by", t.Name, name)
		}
		if err := r.link(p, at, p.rows[c]); err != nil {
			return err
		}
	}
	if r.parent != nil {
		inverse := t.At(r.set.relation.Inverse) - len(t.Fields)
		if err := r.link(p, inverse, r.parent); err != nil {
			return err
		}
	}
	for i := range t.Relations {
		pos, rel := len(t.Fields)+i, &t.Relations[i]
		if r.refs[i].form != formAbsent {
			continue
		}
		switch r.values[pos].State {
		case resource.Null:
			r.refs[i].form = formNull
		case resource.Set:
			p.readReference(r, i, rel, r.values[pos].Text)
		}
		if rel.ToMany && r.values[pos].Given() {
			return fmt.Errorf("%s.%s is a list; a change gives it as Owned", t.Name, rel.Name)
		}
	}
	return nil
}

func (r *row) link(p *Plan, at int, to *row) error {
	rel := &r.set.t.Relations[at]
	if to.set.t.Name != rel.Target {
		return fmt.Errorf("%s.%s leads to %s, not to %s", r.set.t.Name, rel.Name, rel.Target, to.set.t.Name)
	}
	r.refs[at] = reference{form: formLink, link: to}
	r.values[len(r.set.t.Fields)+at] = resource.Value{State: resource.Set}
	r.deps = append(r.deps, to)
	return nil
}

func (p *Plan) readReference(r *row, i int, rel *resource.Relation, text string) {
	target, _ := p.schema.Type(rel.Target)
	ref, err := resource.ParseRef(text)
	if err == nil {
		r.refs[i], err = newReference(p.schema, target, ref)
	}
	if err != nil {
		r.fault(rel.Name, CodeInvalid, "%s: %s", r.label(), err)
	}
}

// checkTexts refuses what is no text for PostgreSQL. Kinds keep such bytes out; what an area builds by itself may not.
func (r *row) checkTexts() {
	for i, v := range r.values {
		if !storable(v.Text) {
			r.fault(r.set.t.NameAt(i), CodeInvalidText, "%s of a %s is not valid UTF-8 text", r.set.t.NameAt(i), r.set.t.Singular())
		}
	}
	for _, x := range r.change.ExternalIDs {
		if !storable(x.System) || !storable(x.ID) || x.System == "" || x.ID == "" {
			r.fault("externalIds", CodeInvalidText, "an external id of a %s needs a system and an id of valid UTF-8 text", r.set.t.Singular())
		}
	}
}

// resetCleared gives a cleared field that has a default and need not be given its default again.
func (p *Plan) resetCleared(r *row) {
	for i := range r.set.t.Fields {
		f := &r.set.t.Fields[i]
		if r.values[i].State == resource.Null && f.Fallback != nil && !f.Mandatory {
			r.values[i] = *f.Fallback
		}
	}
}

// prepareTarget decides how the record is looked up. A key in the target of a record that may be new also is its key.
func (p *Plan) prepareTarget(r *row) {
	t, c := r.set.t, r.change
	making := r.set.op == Create || r.set.op == Upsert
	if !c.Target.IsZero() {
		target, err := newReference(p.schema, t, c.Target)
		if err != nil {
			r.fault("", CodeInvalid, "%s: %s", t.Singular(), err)
			return
		}
		r.target = target
		if target.form != formKey || !making || !p.layKey(r, target.key) {
			return
		}
	}
	if len(t.KeyOf) == 0 {
		r.target.form = formNone
		if !making {
			r.fault("", CodeUnknownRecord, "a change of %s names no record: give its id", t.Name)
		}
		return
	}
	r.target = reference{form: formValues}
	p.completeKey(r)
}

// layKey lays the parts of the key by which the target is named under the values. It reports whether the values agree:
// otherwise the record is to be renamed.
func (p *Plan) layKey(r *row, key []*string) (agrees bool) {
	t := r.set.t
	agrees = true
	for _, name := range t.KeyOf {
		pos := t.At(name)
		if pos < len(t.Fields) {
			part := resource.Cleared
			if key[0] != nil {
				part = resource.Of(*key[0])
			}
			if !r.values[pos].Given() {
				r.values[pos] = part
			}
			agrees = agrees && r.values[pos] == part
			key = key[1:]
			continue
		}
		rel := &t.Relations[pos-len(t.Fields)]
		target, _ := p.schema.Type(rel.Target)
		n := len(p.schema.Key(target))
		if part := (reference{form: formKey, ref: resource.Ref{Key: texts(key[:n])}, key: key[:n]}); !r.values[pos].Given() {
			r.values[pos], r.refs[pos-len(t.Fields)] = resource.Value{State: resource.Set}, part
			if allNil(key[:n]) {
				r.values[pos], r.refs[pos-len(t.Fields)] = resource.Cleared, reference{form: formNull}
			}
		} else {
			ref := &r.refs[pos-len(t.Fields)]
			agrees = agrees && ref.form == formKey && slices.Equal(texts(ref.key), texts(key[:n]))
		}
		key = key[n:]
	}
	return agrees
}

func texts(parts []*string) []string {
	out := make([]string, len(parts))
	for i, part := range parts {
		if part != nil {
			out[i] = *part
		}
	}
	return out
}

func allNil(parts []*string) bool {
	for _, part := range parts {
		if part != nil {
			return false
		}
	}
	return true
}

// completeKey takes parts of the key that are not given as empty or as their default; without a mandatory one the record
// cannot be looked up.
func (p *Plan) completeKey(r *row) {
	t := r.set.t
	for _, name := range t.KeyOf {
		pos := t.At(name)
		if pos >= len(t.Fields) {
			at := pos - len(t.Fields)
			if !r.values[pos].Given() {
				r.values[pos], r.refs[at].form = resource.Cleared, formNull
			}
			if r.refs[at].form == formNull && t.Relations[at].Mandatory {
				r.fault(name, CodeRequired, "%s: %s is required, it is part of the key", r.label(), name)
			}
			continue
		}
		f := &t.Fields[pos]
		if !r.values[pos].Given() {
			r.values[pos] = resource.Cleared
			if f.Fallback != nil {
				r.values[pos] = *f.Fallback
			}
		}
		if r.values[pos].State == resource.Null && f.Mandatory {
			r.fault(name, CodeRequired, "%s: %s is required, it is part of the key", r.label(), name)
		}
	}
}

// checkWritable refuses fields that this sender may not write at all; fields that are written only while a record is
// created are judged when it is known whether they differ.
func (p *Plan) checkWritable(r *row) {
	t, given := r.set.t, r.change.Values
	for i := range given {
		if !given[i].Given() {
			continue
		}
		reading, internal := false, false
		if i < len(t.Fields) {
			f := &t.Fields[i]
			if f.Computed != nil {
				r.fault(f.Name, CodeReadOnly, "%s: %s is computed and cannot be written", r.label(), f.Name)
				continue
			}
			reading, internal = f.Reading, f.Internal
		} else {
			rel := &t.Relations[i-len(t.Fields)]
			reading, internal = rel.Reading, rel.Internal
		}
		if !p.owner && (reading || internal && p.caller.Side == access.Storefront) {
			r.fault(t.NameAt(i), CodeReadOnly, "%s: %s cannot be written here", r.label(), t.NameAt(i))
		}
	}
	if p.owner {
		return
	}
	for name := range r.change.Links {
		if rel, _ := t.Relation(name); rel.Reading || rel.Internal && p.caller.Side == access.Storefront {
			r.fault(name, CodeReadOnly, "%s: %s cannot be written here", r.label(), name)
		}
	}
	for name := range r.change.Owned {
		if rel, _ := t.Relation(name); rel.Reading || rel.Internal && p.caller.Side == access.Storefront {
			r.fault(name, CodeReadOnly, "%s: %s cannot be written here", r.label(), name)
		}
	}
}
