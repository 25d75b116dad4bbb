package record

import (
	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/resource"
)

// signature is what the text of the comparing statement depends on: how the target and each reference are named and which
// values are given. Rows of one signature share a statement.
func (r *row) signature(common []reference, ownership bool) string {
	t := r.set.t
	b := make([]byte, 0, t.Width()+8)
	b = append(b, modeOf(r.set.op, ownership))
	b = r.target.shape(b)
	inKey := r.target.form == formValues
	for i := range t.Fields {
		switch {
		case r.values[i].State == resource.Absent:
			b = append(b, formAbsent)
		case r.values[i].State == resource.Null && inKey && t.Fields[i].InKey:
			b = append(b, formNull)
		default:
			b = append(b, formValues)
		}
	}
	for i := range t.Relations {
		ref := &r.refs[i]
		if ref.form == formNull && !(inKey && t.Relations[i].InKey) {
			ref = &common[i]
		}
		b = ref.shape(b)
	}
	return string(b)
}

// Modes of a comparing statement: a deletion wants all old values, and ownership wants the owner's id.
const (
	modePlain = iota + 'a'
	modeOwned
	modeDelete
	modeDeleteOwned
)

func modeOf(op Operation, ownership bool) byte {
	mode := byte(modePlain)
	if op == Delete {
		mode = modeDelete
	}
	if ownership {
		mode++
	}
	return mode
}

// commonForms are the forms that most rows of a set name each relation in. A row in which the reference is empty takes
// part in that form, with NULL for its parts, instead of asking for a statement of its own.
func commonForms(t *resource.Type, rows []*row) []reference {
	common := make([]reference, len(t.Relations))
	for i := range common {
		common[i].form = formNull
		for _, r := range rows {
			if r.refs[i].form != formNull && r.refs[i].form != formAbsent {
				common[i] = r.refs[i]
				break
			}
		}
	}
	return common
}

// ownership reports whether the caller may update or delete only what he owns, which the stored record must tell.
func (p *Plan) ownership(s *set) bool {
	rel, ok := s.t.Relation("owner")
	if !ok || rel.ToMany || p.caller.Side != access.Admin || p.caller.Grants == nil {
		return false
	}
	action := access.Update
	if s.op == Delete {
		action = access.Delete
	}
	return p.caller.Grants.Level(s.top.Name, action) == access.Own
}
