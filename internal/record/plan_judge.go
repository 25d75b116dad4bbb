package record

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// judge decides what becomes of a row that was looked up and whose references are resolved.
func (p *Plan) judge(r *row) {
	if !p.judgeExistence(r) || !p.judgePermission(r) {
		return
	}
	if r.set.op == Delete {
		p.claim(r, r.id)
		return
	}
	p.settleReferences(r)
	if r.exists {
		p.judgeUpdate(r)
	} else {
		p.judgeCreate(r)
	}
	if r.exists {
		p.claim(r, r.id)
	}
	if !r.exists || r.keyDiffers() {
		p.claimKey(r)
	}
}

func (p *Plan) judgeExistence(r *row) bool {
	op, c := r.set.op, r.change
	switch {
	case r.exists && op == Create:
		r.fault("", CodeAlreadyExists, "%s exists already", r.label())
	case !r.exists && (op == Update || op == Delete):
		what := r.target.describe(r.set.t)
		if r.target.form == formValues {
			what = r.label() + " does not exist"
		}
		r.fault("", CodeUnknownRecord, "%s", what)
	case r.other:
		r.fault("", CodeAlreadyExists, "another record already is %s", r.label())
	case r.exists && c.Revision != 0 && c.Revision != r.revision:
		r.fault("", CodeStale, "%s was changed meanwhile: it is at revision %d, not %d; read it again", r.label(), r.revision, c.Revision)
	case !r.exists && c.Revision != 0:
		r.fault("", CodeStale, "%s does not exist any more", r.label())
	default:
		return true
	}
	return false
}

// judgePermission asks for the permission that the operation came to need. What is owned stands under its owner's.
func (p *Plan) judgePermission(r *row) bool {
	action, exposure := access.Update, Exposed(p.caller.Side, r.set.top)
	offered := exposure.Update
	switch {
	case r.set.op == Delete:
		action, offered = access.Delete, exposure.Delete
	case r.parent != nil: // may be written with its owner, however the owner itself is
		offered = exposure.Update || exposure.Create
		if !r.parent.exists {
			action = access.Create
		}
	case !r.exists:
		action, offered = access.Create, exposure.Create
	}
	level := p.caller.Grants.Level(r.set.top.Name, action)
	switch {
	case !offered && !p.owner:
		r.fault("", CodeForbidden, "%s: %s cannot be %sd here", r.label(), r.set.top.Name, action)
	case level == access.None:
		r.fault("", CodeForbidden, "%s: the permission to %s %s is missing", r.label(), action, r.set.top.Name)
	case level < access.OrganizationLevel && r.exists && r.parent == nil && !p.reaches(r, level):
		r.fault("", CodeForbidden, "%s: the permission to %s reaches only to records of one's own", r.label(), action)
	default:
		return true
	}
	return false
}

// reaches reports whether a stored record is within a level below the whole organization. What has no owner is nobody's
// own; what a caller was shown of his business unit alone is of his unit.
func (p *Plan) reaches(r *row, level access.Level) bool {
	if level == access.Own {
		return p.ownership(r.set) && r.owner == p.caller.Actor.ID
	}
	return p.caller.Grants.Level(r.set.top.Name, access.Read) <= access.BusinessUnit
}

// settleReferences puts the ids of referenced records in the place of their names.
func (p *Plan) settleReferences(r *row) {
	for i, id := range r.found {
		if pos := len(r.set.t.Fields) + i; r.refs[i].form != formAbsent && r.values[pos].State == resource.Set {
			r.values[pos].Text = id
		}
	}
}

func (p *Plan) judgeCreate(r *row) {
	t := r.set.t
	p.ownNew(r)
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Fallback != nil && r.values[i].State == resource.Absent {
			r.values[i] = *f.Fallback
		}
		if f.Mandatory && r.empty(i) {
			r.fault(f.Name, CodeRequired, "%s: %s is required", r.label(), f.Name)
		}
	}
	for i := range t.Relations {
		rel := &t.Relations[i]
		if rel.Mandatory && !rel.ToMany && r.empty(len(t.Fields)+i) {
			r.fault(rel.Name, CodeRequired, "%s: %s is required", r.label(), rel.Name)
		}
	}
	p.check(r, nil)
}

// ownNew makes what a buyer creates his own, and of the shop he is in, where he did not say so.
func (p *Plan) ownNew(r *row) {
	if p.caller.Side != access.Storefront {
		return
	}
	t, c := r.set.t, &p.caller
	for name, value := range map[string]string{t.Storefront.Owner: c.Customer, t.Storefront.Person: c.CustomerUser,
		t.Storefront.Website: c.Website, t.Storefront.Currency: c.Currency} {
		pos := t.At(name) // a longer path is another record's
		if pos < 0 || value == "" || r.values[pos].Given() {
			continue
		}
		r.values[pos] = resource.Of(value)
	}
}

// empty reports whether the record would have no value there; a merged value without any part is none either.
func (r *row) empty(pos int) bool {
	if r.values[pos].State != resource.Set {
		return true
	}
	if pos < len(r.set.t.Fields) {
		_, merges := r.set.t.Fields[pos].Kind.(resource.Merger)
		return merges && r.values[pos].Text == "{}"
	}
	return false
}

func (p *Plan) judgeUpdate(r *row) {
	t := r.set.t
	if r.old == nil {
		return
	}
	for pos, differs := range r.differs {
		if !differs {
			continue
		}
		mandatory, onCreate := false, false
		if pos < len(t.Fields) {
			mandatory, onCreate = t.Fields[pos].Mandatory, t.Fields[pos].OnCreate
		} else {
			rel := &t.Relations[pos-len(t.Fields)]
			mandatory, onCreate = rel.Mandatory, rel.OnCreate
		}
		name := t.NameAt(pos)
		if mandatory && r.empty(pos) {
			r.fault(name, CodeRequired, "%s: %s is required and cannot be cleared", r.label(), name)
		}
		if onCreate && !p.owner {
			r.fault(name, CodeReadOnly, "%s: %s cannot be changed once the record exists", r.label(), name)
		}
		r.change.Changed = append(r.change.Changed, name)
	}
	if r.parent != nil {
		inverse := t.At(r.set.relation.Inverse)
		if r.differs[inverse] {
			r.fault("", CodeUnknownRecord, "%s belongs to another record than %s", r.label(), r.parent.label())
		}
	}
	if len(r.change.Changed) == 0 { // what differed was only for a new record, or led nowhere
		r.old = nil
		return
	}
	r.change.Before = r.old
	p.check(r, r.old)
}

// check runs the type's own rule over the record as it would be.
func (p *Plan) check(r *row, old resource.Record) {
	t := r.set.t
	if t.Check == nil || r.failed {
		return
	}
	next := t.NewRecord()
	for i := range next {
		switch {
		case r.values[i].Given():
			next[i] = r.values[i]
		case old != nil:
			next[i] = old[i]
		default:
			next[i] = resource.Cleared
		}
	}
	for _, v := range t.Check(t, old, next) {
		r.failed = true
		r.change.Faults = append(r.change.Faults, v)
	}
}

func (r *row) keyDiffers() bool {
	for _, name := range r.set.t.KeyOf {
		if r.differs[r.set.t.At(name)] {
			return true
		}
	}
	return false
}

// claim refuses a second change of one record: the first counts.
func (p *Plan) claim(r *row, name string) {
	full := r.set.t.Name + "\x00" + name
	if first, taken := p.named[full]; taken && first != r {
		r.fault("", CodeDuplicate, "%s stands in the same batch before; the first counts", r.label())
		return
	}
	p.named[full] = r
}

// claimKey is claim by the natural key that the record will have.
func (p *Plan) claimKey(r *row) {
	t := r.set.t
	if len(t.KeyOf) == 0 {
		return
	}
	key := ""
	for _, name := range t.KeyOf {
		pos := t.At(name)
		v := r.values[pos]
		if !v.Given() && r.old != nil {
			v = r.old[pos]
		}
		text := v.Text
		if v.State == resource.Set && text == "" && pos >= len(t.Fields) {
			return // names no record, so this is none yet
		}
		if pos < len(t.Fields) && strings.HasPrefix(t.Fields[pos].Kind.SQL(), "numeric") {
			if d, err := decimal.NewFromString(text); err == nil {
				text = d.String()
			}
		}
		key += "\x00" + text
	}
	p.claim(r, key)
}
