package backoffice

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Happening is one change of a record.
type Happening struct {
	At          time.Time
	What        string // a key below event: "created", "updated", "deleted", or a command's event
	Actor       string
	Origin      string // partner or client whose write it was
	ExchangeURL string // the message that it came by
	Differences []Difference
	Fields      []string // what was given or changed, where no old values are kept
}

// Difference is a value before and after.
type Difference struct{ Label, Old, New string }

// history tells what happened to a record. The log keeps old values; what a value became is the old value of the next
// later change of it, or what it is now.
func (o *Office) history(ctx context.Context, w words, r row) ([]Happening, error) {
	events, err := o.Records.History(ctx, r.t.Name, r.id)
	if err != nil {
		return nil, err
	}
	names, err := o.pastLabels(ctx, r.t, events)
	if err != nil {
		return nil, err
	}
	for relation, id := range r.ones {
		names[id] = r.labels[relation]
	}
	now := maps.Clone(r.values)
	for relation, id := range r.ones {
		now[relation], _ = json.Marshal(id)
	}
	list := make([]Happening, 0, len(events))
	for _, e := range events {
		h := Happening{At: e.At.In(w.zone), What: e.Event, Actor: e.Actor.Name, Origin: e.Origin}
		if h.Actor == "" {
			h.Actor = w.named("actor.", string(e.Actor.Kind))
		}
		if e.Exchange != "" {
			h.ExchangeURL = recordURL("exchanges", e.Exchange)
		}
		var before map[string]json.RawMessage
		if len(e.Before) > 0 && json.Unmarshal(e.Before, &before) == nil && e.Event == change.Updated {
			h.Differences = w.differences(r.t, before, now, names)
			maps.Copy(now, before)
		} else {
			for _, f := range e.Fields {
				h.Fields = append(h.Fields, w.field(r.t, f))
			}
		}
		list = append(list, h)
	}
	return list, nil
}

// differences puts old and new values side by side, in the order of the definition; a localized text by language.
func (w words) differences(t *resource.Type, before, now map[string]json.RawMessage, names map[string]string) []Difference {
	var list []Difference
	for i := range t.Width() {
		name := t.NameAt(i)
		old, ok := before[name]
		if !ok {
			continue
		}
		if f, isField := t.Field(name); isField && f.Kind.Name() == "localized" {
			list = append(list, w.languageDifferences(w.field(t, name), old, now[name])...)
			continue
		}
		list = append(list, Difference{w.field(t, name), w.pastText(t, name, old, names), w.pastText(t, name, now[name], names)})
	}
	return list
}

func (w words) languageDifferences(label string, old, now json.RawMessage) (list []Difference) {
	var a, b map[string]string
	// Neither is a must: a value that was empty is no object.
	_ = json.Unmarshal(old, &a)
	_ = json.Unmarshal(now, &b)
	languages := slices.Collect(maps.Keys(a))
	for l := range b {
		if _, both := a[l]; !both {
			languages = append(languages, l)
		}
	}
	slices.Sort(languages)
	for _, l := range languages {
		if a[l] != b[l] {
			list = append(list, Difference{label + " (" + l + ")", clip(a[l], 200), clip(b[l], 200)})
		}
	}
	return list
}

// pastText is a logged value as text. Columns of numbers and times are logged as PostgreSQL writes them, which the cell
// understands too.
func (w words) pastText(t *resource.Type, name string, raw json.RawMessage, names map[string]string) string {
	if _, ok := t.Relation(name); ok {
		id := plain(raw, "")
		if label := names[id]; label != "" {
			return label
		}
		return id
	}
	f, _ := t.Field(name)
	c := w.fieldCell(f, raw, "")
	switch c.Kind {
	case "time":
		return w.DateTime(c.Time)
	case "date":
		return w.Date(c.Time)
	}
	if c.Text == "" {
		c.Text = plain(raw, "")
	}
	return clip(c.Text, 200)
}

// pastLabels names the records that relations pointed to once, by id. One query a type, of the ids that history names.
func (o *Office) pastLabels(ctx context.Context, t *resource.Type, events []change.Event) (map[string]string, error) {
	ids := map[string]map[string]bool{}
	for _, e := range events {
		var before map[string]json.RawMessage
		if len(e.Before) == 0 || json.Unmarshal(e.Before, &before) != nil {
			continue
		}
		for name, raw := range before {
			r, ok := t.Relation(name)
			id, isID := resource.ParseUUID(plain(raw, ""))
			if ok && isID && len(ids[r.Target]) < record.MaxPageSize {
				if ids[r.Target] == nil {
					ids[r.Target] = map[string]bool{}
				}
				ids[r.Target][id] = true
			}
		}
	}
	names := map[string]string{}
	for target, set := range ids {
		tt, ok := o.Records.Schema().Type(target)
		if !ok || !o.may(ctx, tt, "read") {
			continue
		}
		rows, _, err := o.load(ctx, &record.Query{Type: tt, Size: record.MaxPageSize, Fields: map[string][]string{target: labelFields(tt)},
			Filters: []record.Filter{{Path: "id", Operator: resource.In, Values: slices.Sorted(maps.Keys(set))}}})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			names[r.id] = r.label(page.LanguageOf(ctx).String())
		}
	}
	return names, nil
}
