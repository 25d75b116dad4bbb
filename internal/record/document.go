package record

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/hanse-commerce/hanse/resource"
)

// Document shapes an answer as a JSON:API 1.1 document: primary records as they come, related ones once each behind them.
// A record that is both is told once, among the primary ones, and every related record is linked to from another
// ("full linkage").
type Document struct {
	base    string // of links, "/api/admin/v1"
	single  bool
	along   bool                // related records were asked for, be there any or not
	fields  map[string][]string // sparse fieldsets of the query
	out     *bytes.Buffer       // the document, from its first record on as long as nothing comes along with them
	count   int
	last    int64
	primary []*member
	members map[string]*member // by type and id, where records come along
	order   []*member          // in the order in which they came
}

// member is a record of a document whose links are not all known yet.
type member struct {
	t          *resource.Type
	id         string
	attributes []byte
	ones       []One
	many       []*resource.Relation
	links      map[string]*linkage // by to-many relation that came along
	primary    bool
	revision   int64
}

type linkage struct {
	ids  []string
	have map[string]bool
}

// NewDocument is an empty document that is written into out; its links start with base. Single documents hold one record or
// null.
func NewDocument(out *bytes.Buffer, base string, q *Query, single bool) *Document {
	return &Document{out: out, base: base, single: single, along: len(q.Include) > 0, fields: q.Fields}
}

// Count is the number of primary records.
func (d *Document) Count() int { return d.count }

// Revision is that of the last primary record.
func (d *Document) Revision() int64 { return d.last }

// Add is the function for Store.Read.
func (d *Document) Add(a *Answer, row *Row) error {
	d.count++
	d.last = row.Revision
	if len(a.Paths) == 0 {
		if d.count == 1 {
			d.begin()
		} else {
			d.out.WriteByte(',')
		}
		d.write(&member{t: a.Type, attributes: row.Attributes, ones: row.Ones, many: a.Many, primary: true, revision: row.Revision}, row.ID)
		return nil
	}
	m := d.member(a.Type, string(row.ID), func(m *member) {
		m.attributes, m.many, m.ones = bytes.Clone(row.Attributes), a.Many, make([]One, len(row.Ones))
		for i, o := range row.Ones {
			m.ones[i] = One{o.Relation, bytes.Clone(o.ID)}
		}
	})
	m.primary, m.revision = true, row.Revision
	d.primary = append(d.primary, m)
	for k := range a.Paths {
		d.include(a, row, k, m)
	}
	return nil
}

// member finds a record or takes it up.
func (d *Document) member(t *resource.Type, id string, fill func(*member)) *member {
	if d.members == nil {
		d.members = map[string]*member{}
	}
	key := t.Name + "/" + id
	m := d.members[key]
	if m == nil {
		m = &member{t: t, id: id}
		fill(m)
		d.members[key] = m
		d.order = append(d.order, m)
	}
	return m
}

// include takes up the records of one path and links them to those that they are related to.
func (d *Document) include(a *Answer, row *Row, k int, root *member) {
	p := &a.Paths[k]
	if p.Relation.ToMany {
		for _, parent := range d.parents(a, row, p, root) {
			parent.linkage(p.Relation.Name)
		}
	}
	for i := range row.Includes[k] {
		r := &row.Includes[k][i]
		d.member(p.Target, r.ID, func(m *member) { m.attributes, m.ones, m.many = []byte(r.Attributes), r.Ones, p.Many })
		if !p.Relation.ToMany {
			continue
		}
		parent := root
		if p.Parent != "" {
			parent = d.members[ownerOf(a, p).Name+"/"+r.Parent]
		}
		l := parent.linkage(p.Relation.Name)
		if !l.have[r.ID] {
			l.have[r.ID] = true
			l.ids = append(l.ids, r.ID)
		}
	}
}

func pathAt(a *Answer, name string) int {
	return slices.IndexFunc(a.Paths, func(p Path) bool { return p.Name == name })
}

func ownerOf(a *Answer, p *Path) *resource.Type { return a.Paths[pathAt(a, p.Parent)].Target }

// parents are the records of a row that a path starts from.
func (d *Document) parents(a *Answer, row *Row, p *Path, root *member) []*member {
	if p.Parent == "" {
		return []*member{root}
	}
	at := pathAt(a, p.Parent)
	var all []*member
	for i := range row.Includes[at] {
		all = append(all, d.members[a.Paths[at].Target.Name+"/"+row.Includes[at][i].ID])
	}
	return all
}

func (m *member) linkage(relation string) *linkage {
	if m.links == nil {
		m.links = map[string]*linkage{}
	}
	l := m.links[relation]
	if l == nil {
		l = &linkage{have: map[string]bool{}}
		m.links[relation] = l
	}
	return l
}

// write writes a resource object.
func (d *Document) write(m *member, id []byte) {
	b := d.out
	b.WriteString(`{"type":"`)
	b.WriteString(m.t.Name)
	b.WriteString(`","id":"`)
	b.Write(id)
	b.WriteString(`","attributes":`)
	b.Write(m.attributes)
	separator := `,"relationships":{`
	for _, o := range m.ones {
		b.WriteString(separator)
		separator = ","
		b.WriteByte('"')
		b.WriteString(o.Relation.Name)
		b.WriteString(`":{"data":`)
		identifier(b, o.Relation.Target, o.ID)
		b.WriteByte('}')
	}
	for _, r := range m.many {
		if d.wants(m.t, r.Name) {
			b.WriteString(separator)
			separator = ","
			d.writeMany(m, r, id)
		}
	}
	if separator == "," {
		b.WriteByte('}')
	}
	b.WriteString(`,"links":{"self":"`)
	d.path(m.t, id)
	b.WriteString(`"}`)
	if m.primary {
		b.WriteString(`,"meta":{"revision":`)
		b.Write(strconv.AppendInt(b.AvailableBuffer(), m.revision, 10))
		b.WriteByte('}')
	}
	b.WriteByte('}')
}

// writeMany writes a to-many relation: its links, and its members if they came along.
func (d *Document) writeMany(m *member, r *resource.Relation, id []byte) {
	b := d.out
	b.WriteByte('"')
	b.WriteString(r.Name)
	b.WriteString(`":{`)
	if l := m.links[r.Name]; l != nil {
		b.WriteString(`"data":[`)
		for i, to := range l.ids {
			if i > 0 {
				b.WriteByte(',')
			}
			identifier(b, r.Target, []byte(to))
		}
		b.WriteString(`],`)
	}
	b.WriteString(`"links":{"self":"`)
	d.path(m.t, id)
	b.WriteString(`/relationships/`)
	b.WriteString(r.Name)
	b.WriteString(`","related":"`)
	d.path(m.t, id)
	b.WriteByte('/')
	b.WriteString(r.Name)
	b.WriteString(`"}}`)
}

func (d *Document) path(t *resource.Type, id []byte) {
	d.out.WriteString(d.base)
	d.out.WriteByte('/')
	d.out.WriteString(t.Name)
	d.out.WriteByte('/')
	d.out.Write(id)
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
	b.WriteString(`{"type":"`)
	b.WriteString(typeName)
	b.WriteString(`","id":"`)
	b.Write(id)
	b.WriteString(`"}`)
}

func (d *Document) begin() {
	d.out.WriteString(`{"jsonapi":{"version":"1.1"},"data":`)
	if !d.single {
		d.out.WriteByte('[')
	}
}

// Finish writes what is left, with top-level links and meta, each a JSON object or nil.
func (d *Document) Finish(links, meta []byte) {
	switch {
	case d.count == 0 && d.single:
		d.begin()
		d.out.WriteString("null")
	case d.count == 0:
		d.begin()
	case d.primary != nil:
		d.begin()
		d.writePrimary()
	}
	if !d.single {
		d.out.WriteByte(']')
	}
	if d.along {
		d.writeIncluded()
	}
	if links != nil {
		d.out.WriteString(`,"links":`)
		d.out.Write(links)
	}
	if meta != nil {
		d.out.WriteString(`,"meta":`)
		d.out.Write(meta)
	}
	d.out.WriteString("}\n")
}

func (d *Document) writePrimary() {
	for i, m := range d.primary {
		if i > 0 {
			d.out.WriteByte(',')
		}
		d.write(m, []byte(m.id))
	}
}

// writeIncluded writes an empty list too: it says that nothing is related (JSON:API 1.1, "Inclusion of Related Resources").
func (d *Document) writeIncluded() {
	separator := `,"included":[`
	for _, m := range d.order {
		if !m.primary {
			d.out.WriteString(separator)
			separator = ","
			d.write(m, []byte(m.id))
		}
	}
	if separator != "," {
		d.out.WriteString(separator)
	}
	d.out.WriteByte(']')
}
