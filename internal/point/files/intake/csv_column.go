package intake

import (
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// column says what a column of the file is and how its cells are read; read is nil where the column is ignored or stands
// for records of another resource.
type column struct {
	name   string
	number bool
	read   func(row *Row, c *record.Change, cell string)
}

// filler gives a part of the key that the file has no column for.
type filler func(*record.Change)

// aim is what a column's cells are written to.
type aim struct {
	field    *resource.Field
	language string // of a localized field
	relation *resource.Relation
	at       int // position in the record
}

// plan finds what each column is, and refuses a file that lacks a part of the key.
func (r *csvRows) plan() error {
	var unknown, double []string
	given, parts := map[string]string{}, map[string]bool{}
	for i, name := range r.reader.Header() {
		c := column{name: name}
		a, known := r.find(name)
		switch {
		case known:
			to := r.t.NameAt(a.at)
			parts[to] = true
			if first, twice := given[to+"."+a.language]; twice {
				double = append(double, name+" (as "+first+")")
				break
			}
			given[to+"."+a.language] = name
			c.number = a.field != nil && numeric(a.field)
			c.read = r.reading(a, i, name)
		case r.extra != nil && r.extra.take(name, i):
			c.number = name != "currency"
		case name != "":
			unknown = append(unknown, name)
		}
		r.columns = append(r.columns, c)
	}
	if err := r.completeKey(parts); err != nil {
		return err
	}
	if len(unknown) > 0 {
		r.notes = append(r.notes, note("unknown_column", "These columns are not known and were ignored: %s.", strings.Join(unknown, ", ")))
	}
	if len(double) > 0 {
		r.notes = append(r.notes, note("double_column", "These columns say what another one says already and were ignored: %s.", strings.Join(double, ", ")))
	}
	return nil
}

func numeric(f *resource.Field) bool {
	return f.Kind.Name() == "decimal" || f.Kind.Name() == "integer"
}

// reading makes the function that reads a column's cells.
func (r *csvRows) reading(a aim, i int, name string) func(*Row, *record.Change, string) {
	switch {
	case a.relation != nil:
		return r.readRelation(a, name)
	case a.language != "":
		return r.readLocalized(a, name)
	}
	return r.readField(a, i, name)
}

// find matches a column's name with the definition: a field, a localized field with a language, a relation by its own name
// or by the name of its target's key ("sku").
func (r *csvRows) find(name string) (aim, bool) {
	for i := range r.t.Fields {
		if f := &r.t.Fields[i]; writable(f) && f.Column == name {
			a := aim{field: f, at: i}
			if _, ok := f.Kind.(resource.Multilingual); ok {
				a.language = r.defaults.Language
			}
			return a, true
		}
	}
	for i := range r.t.Relations {
		rel := &r.t.Relations[i]
		if !rel.ToMany && !rel.Reading && (resource.Snake(rel.Name) == name || r.keyColumn(rel) == name) {
			return aim{relation: rel, at: len(r.t.Fields) + i}, true
		}
	}
	for i := range r.t.Fields {
		f := &r.t.Fields[i]
		if _, ok := f.Kind.(resource.Multilingual); !ok || !writable(f) {
			continue
		}
		if lang, cut := strings.CutPrefix(name, f.Column+"_"); cut && languageSuffix(lang) {
			return aim{field: f, language: lang, at: i}, true
		}
	}
	return aim{}, false
}

func writable(f *resource.Field) bool { return f.Computed == nil && !f.Secret && !f.Reading }

// languageSuffix reports whether text is a language of ISO 639, two or three letters.
func languageSuffix(text string) bool {
	return (len(text) == 2 || len(text) == 3) && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}

// keyColumn is the column of a target's key where it has just one and no other relation's target calls its key the same.
func (r *csvRows) keyColumn(rel *resource.Relation) string {
	name := func(rel *resource.Relation) string {
		target, _ := r.schema.Type(rel.Target)
		if key := r.schema.Key(target); len(key) == 1 {
			return key[0].Field.Column
		}
		return ""
	}
	mine := name(rel)
	for i := range r.t.Relations {
		if o := &r.t.Relations[i]; !o.ToMany && o != rel && name(o) == mine {
			return ""
		}
	}
	return mine
}

// completeKey finds what fills each part of the key that no column gives, and refuses the file where nothing does.
func (r *csvRows) completeKey(given map[string]bool) error {
	for _, part := range r.t.KeyOf {
		if given[part] {
			continue
		}
		v, ok := r.fallback(part)
		if !ok {
			return fileError("key_missing", "The file has no column %q, which is part of the key of %s; add it and send the file again.",
				r.columnOf(part), r.t.Name)
		}
		at := r.t.At(part)
		r.missing = append(r.missing, func(c *record.Change) { c.Values[at] = v })
	}
	return nil
}

// columnOf is the name by which senders know a part of the key.
func (r *csvRows) columnOf(part string) string {
	if rel, ok := r.t.Relation(part); ok {
		if name := r.keyColumn(rel); name != "" {
			return name
		}
	}
	return resource.Snake(part)
}

// fallback is what a field or relation is where a row leaves it out: the partner's default, else the definition's.
func (r *csvRows) fallback(name string) (resource.Value, bool) {
	if f, ok := r.t.Field(name); ok {
		switch {
		case f.Name == "currency" && f.Mandatory && r.defaults.Currency != "":
			return resource.Of(r.defaults.Currency), true
		case f.Fallback != nil:
			return *f.Fallback, true
		}
		return resource.Cleared, !f.Mandatory
	}
	rel, _ := r.t.Relation(name)
	switch rel.Target {
	case "priceLists":
		return byKey(r.defaults.PriceList)
	case "warehouses":
		return byKey(r.defaults.Warehouse)
	case "units":
		return byKey(r.defaults.Unit)
	}
	return resource.Cleared, !rel.Mandatory
}

func byKey(code string) (resource.Value, bool) {
	return resource.Of(resource.ByKey(code).String()), code != ""
}
