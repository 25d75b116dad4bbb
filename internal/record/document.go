package record

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/hanse-commerce/hanse/resource"
)

// Document shapes an answer as a JSON:API 1.1 document: primary records as they come, related ones once each behind them.
type Document struct {
	base     string // of links, "/api/admin/v1"
	single   bool
	data     bytes.Buffer
	included bytes.Buffer
	seen     map[string]bool
	count    int
	last     int64
	fields   map[string][]string // sparse fieldsets of the query
}

// NewDocument is an empty document whose links start with base; single documents hold one record or null.
func NewDocument(base string, q *Query, single bool) *Document {
	return &Document{base: base, single: single, seen: map[string]bool{}, fields: q.Fields}
}

// Count is the number of primary records.
func (d *Document) Count() int { return d.count }

// Revision is that of the last primary record.
func (d *Document) Revision() int64 { return d.last }

// Add is the function for Store.Read.
func (d *Document) Add(a *Answer, row *Row) error {
	if d.count > 0 {
		d.data.WriteByte(',')
	}
	d.count++
	d.last = row.Revision
	d.seen[a.Type.Name+string(row.ID)] = true
	d.object(&d.data, a.Type, string(row.ID), row.Attributes, row.Ones, func(r *resource.Relation) ([]Included, bool) {
		return linked(a, row, "", r, string(row.ID))
	}, a.Many)
	d.data.Truncate(d.data.Len() - 1)
	d.data.WriteString(`,"meta":{"revision":`)
	d.data.Write(strconv.AppendInt(nil, row.Revision, 10))
	d.data.WriteString("}}")
	for k, p := range a.Paths {
		for i := range row.Includes[k] {
			d.include(a, row, p, &row.Includes[k][i])
		}
	}
	return nil
}

func (d *Document) include(a *Answer, row *Row, p Path, r *Included) {
	key := p.Target.Name + r.ID
	if d.seen[key] {
		return
	}
	d.seen[key] = true
	if d.included.Len() > 0 {
		d.included.WriteByte(',')
	}
	d.object(&d.included, p.Target, r.ID, []byte(r.Attributes), r.Ones, func(rel *resource.Relation) ([]Included, bool) {
		return linked(a, row, p.Name, rel, r.ID)
	}, p.Many)
}

// linked are the related records of a relation that came along below a path, for one record there.
func linked(a *Answer, row *Row, path string, r *resource.Relation, id string) ([]Included, bool) {
	for k, p := range a.Paths {
		if p.Parent != path || p.Relation.Name != r.Name {
			continue
		}
		var of []Included
		for _, rec := range row.Includes[k] {
			if rec.Parent == id {
				of = append(of, rec)
			}
		}
		return of, true
	}
	return nil, false
}

func (d *Document) object(b *bytes.Buffer, t *resource.Type, id string, attributes []byte, ones []One,
	along func(*resource.Relation) ([]Included, bool), many []*resource.Relation) {
	self := d.base + "/" + t.Name + "/" + id
	b.WriteString(`{"type":"` + t.Name + `","id":"` + id + `","attributes":`)
	b.Write(attributes)
	b.WriteString(`,"relationships":{`)
	first := true
	next := func(name string) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(`"` + name + `":{`)
	}
	for _, o := range ones {
		next(o.Relation.Name)
		b.WriteString(`"data":`)
		identifier(b, o.Relation.Target, o.ID)
		b.WriteByte('}')
	}
	for _, r := range many {
		if !d.wants(t, r.Name) {
			continue
		}
		next(r.Name)
		if records, came := along(r); came {
			b.WriteString(`"data":[`)
			for i := range records {
				if i > 0 {
					b.WriteByte(',')
				}
				identifier(b, r.Target, []byte(records[i].ID))
			}
			b.WriteString(`],`)
		}
		b.WriteString(`"links":{"self":"` + self + `/relationships/` + r.Name + `","related":"` + self + `/` + r.Name + `"}}`)
	}
	b.WriteString(`},"links":{"self":"` + self + `"}}`)
}

func (d *Document) wants(t *resource.Type, name string) bool {
	names, given := d.fields[t.Name]
	return !given || slices.Contains(names, name)
}

func identifier(b *bytes.Buffer, typeName string, id []byte) {
	if id == nil {
		b.WriteString("null")
		return
	}
	b.WriteString(`{"type":"` + typeName + `","id":"`)
	b.Write(id)
	b.WriteString(`"}`)
}

// Write finishes the document with top-level links and meta, each a JSON object or nil.
func (d *Document) Write(w *bytes.Buffer, links, meta []byte) {
	w.WriteString(`{"jsonapi":{"version":"1.1"}`)
	if links != nil {
		w.WriteString(`,"links":`)
		w.Write(links)
	}
	w.WriteString(`,"data":`)
	switch {
	case !d.single:
		w.WriteByte('[')
		w.Write(d.data.Bytes())
		w.WriteByte(']')
	case d.count == 0:
		w.WriteString("null")
	default:
		w.Write(d.data.Bytes())
	}
	if d.included.Len() > 0 {
		w.WriteString(`,"included":[`)
		w.Write(d.included.Bytes())
		w.WriteByte(']')
	}
	if meta != nil {
		w.WriteString(`,"meta":`)
		w.Write(meta)
	}
	w.WriteString("}\n")
}
