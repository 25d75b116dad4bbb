package record

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/resource"
)

// announce makes a new record known by its key and external ids to the references of the same batch.
func (p *Plan) announce(r *row) {
	keep := func(name string) {
		if _, taken := p.pending[name]; !taken {
			p.pending[name] = r
		}
	}
	if key, ok := p.flatKey(r); ok {
		keep(pendingKey(r.set.t, key))
	}
	for _, x := range r.change.ExternalIDs {
		keep(pendingExternal(r.set.t, x.System, x.ID))
	}
	if r.target.form == formExternal {
		keep(pendingExternal(r.set.t, r.target.ref.System, r.target.ref.External))
	}
}

func pendingKey(t *resource.Type, key []string) string {
	return "k\x00" + t.Name + "\x00" + strings.Join(key, "\x00")
}

func pendingExternal(t *resource.Type, system, id string) string {
	return "e\x00" + t.Name + "\x00" + system + "\x00" + id
}

// flatKey is the natural key with the targets of relations replaced by their own keys, as far as the batch tells it.
func (p *Plan) flatKey(r *row) (key []string, ok bool) {
	t := r.set.t
	for _, name := range t.KeyOf {
		pos := t.At(name)
		if pos < len(t.Fields) {
			key = append(key, r.values[pos].Text)
			continue
		}
		ref := &r.refs[pos-len(t.Fields)]
		switch ref.form {
		case formKey, formFound:
			key = append(key, texts(ref.key)...)
		case formLink:
			part, known := p.flatKey(ref.link)
			if !known {
				return nil, false
			}
			key = append(key, part...)
		case formNull:
			target, _ := p.schema.Type(t.Relations[pos-len(t.Fields)].Target)
			key = append(key, make([]string, len(p.schema.Key(target)))...)
		default:
			return nil, false
		}
	}
	return key, len(key) > 0
}

// resolvePending ties references that lead to no stored record to new ones of the same batch, and faults the rest.
func (p *Plan) resolvePending(r *row) {
	t := r.set.t
	for i := range r.refs {
		ref := &r.refs[i]
		switch ref.form {
		case formLink:
			r.found[i] = ref.link.id
			continue
		case formFound:
			r.found[i] = ref.id
			continue
		case formAbsent, formNull:
			continue
		}
		if r.found[i] != "" {
			continue
		}
		rel := &t.Relations[i]
		target, _ := p.schema.Type(rel.Target)
		var maker *row
		switch ref.form {
		case formKey:
			maker = p.pending[pendingKey(target, texts(ref.key))]
		case formExternal:
			maker = p.pending[pendingExternal(target, ref.ref.System, ref.ref.External)]
		}
		if maker == nil && slices.Contains(r.change.Lenient, rel.Name) {
			r.change.Warnings = append(r.change.Warnings, resource.Violation{Field: rel.Name, Code: CodeNotFound,
				Detail: fmt.Sprintf("%s; the record was written without it", ref.describe(target))})
			r.forget(len(t.Fields) + i)
			continue
		}
		if maker == nil {
			r.fault(rel.Name, CodeNotFound, "%s: %s: %s", r.label(), rel.Name, ref.describe(target))
			continue
		}
		r.found[i] = maker.id
		if maker != r {
			r.deps = append(r.deps, maker)
		}
	}
}
