package record

import (
	"encoding/json"
	"slices"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/resource"
)

// entries are the changes to log: one for each resource and event.
func (w *writer) entries() []change.Entry {
	l := &entryList{at: map[string]int{}}
	for _, x := range w.sets {
		for _, r := range flatten(x.creates) {
			l.add(x.set.t, change.Created, r.id, r.givenNames(), nil)
		}
		for _, r := range x.updates {
			l.add(x.set.t, change.Updated, r.id, visibleNames(x.set.t, r.change.Changed), beforeOf(x.set.t, r.old, r.change.Changed))
		}
	}
	for _, c := range w.cleared {
		for i, id := range c.ids {
			l.add(c.t, change.Updated, id, []string{c.rel.Name}, object{{c.rel.Name, jsonText(c.targets[i])}})
		}
	}
	for _, d := range append(slices.Clone(w.replaced), w.doomed...) {
		l.add(d.t, change.Deleted, d.id, nil, beforeOf(d.t, d.old, nil))
	}
	return l.entries
}

type entryList struct {
	entries []change.Entry
	at      map[string]int
	fields  []map[string]bool
}

func (l *entryList) add(t *resource.Type, event, id string, fields []string, before object) {
	key := t.Name + "\x00" + event
	i, ok := l.at[key]
	if !ok {
		i = len(l.entries)
		l.at[key] = i
		l.entries = append(l.entries, change.Entry{Resource: t.Name, Event: event})
		l.fields = append(l.fields, map[string]bool{})
	}
	e := &l.entries[i]
	e.IDs = append(e.IDs, id)
	for _, f := range fields {
		if !l.fields[i][f] {
			l.fields[i][f] = true
			e.Fields = append(e.Fields, f)
		}
	}
	if t.Ledger || event == change.Created {
		return // facts are never overwritten, and what is new has no past
	}
	e.Before = append(e.Before, before.json())
}

// givenNames are the fields and relations that a new record was given values for.
func (r *row) givenNames() []string {
	var names []string
	for i, v := range r.values {
		if v.State == resource.Set && !(i < len(r.set.t.Fields) && r.set.t.Fields[i].Secret) {
			names = append(names, r.set.t.NameAt(i))
		}
	}
	return names
}

func visibleNames(t *resource.Type, names []string) []string {
	var visible []string
	for _, name := range names {
		if f, ok := t.Field(name); !ok || !f.Secret {
			visible = append(visible, name)
		}
	}
	return visible
}

// object is a JSON object whose members keep their order.
type object []struct {
	name  string
	value json.RawMessage
}

func (o object) json() json.RawMessage {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, jsonText(m.name)...), ':'), m.value...)
	}
	return append(b, '}')
}

// beforeOf are the old values of the named fields, or of all that had one. Secret fields are not among old values.
func beforeOf(t *resource.Type, old resource.Record, names []string) object {
	var o object
	for pos, v := range old {
		name := t.NameAt(pos)
		switch {
		case v.State == resource.Absent:
		case names != nil && !slices.Contains(names, name):
		case names == nil && v.State == resource.Null:
		default:
			o = append(o, struct {
				name  string
				value json.RawMessage
			}{name, jsonValue(t, pos, v)})
		}
	}
	return o
}

func jsonValue(t *resource.Type, pos int, v resource.Value) json.RawMessage {
	if v.State != resource.Set {
		return json.RawMessage("null")
	}
	if pos < len(t.Fields) {
		switch t.Fields[pos].Kind.SQL() {
		case "jsonb", "boolean", "integer":
			return json.RawMessage(v.Text)
		}
	}
	return jsonText(v.Text)
}

func jsonText(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage("null") // a string always has a JSON form
	}
	return b
}
