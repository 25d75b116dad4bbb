package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Defaults are a partner's settings for what his rows leave out.
type Defaults struct {
	PriceList, Currency, Warehouse, Unit string // keys
	Language                             string
	DecimalMark                          byte
}

// Units translates a partner's code of a unit into ours; an unknown code is given back as it is.
type Units func(code string) string

// csvRows reads a CSV file of one resource by the columns that its definition gives.
type csvRows struct {
	reader   *csv.Reader
	schema   *resource.Schema
	t        *resource.Type
	defaults Defaults
	units    Units
	columns  []column
	extra    *companions
	notes    []module.Notice
}

// column says what a column of the file is. One of field and relation is set, or companion, or it is ignored.
type column struct {
	name      string
	field     *resource.Field
	language  string // of a localized field
	relation  *resource.Relation
	companion string
	at        int // position in the record
}

// FileError refuses a file as a whole.
type FileError struct{ code, detail string }

func (e *FileError) Error() string { return e.detail }
func (e *FileError) Code() string  { return e.code }

func fileError(code, format string, a ...any) *FileError {
	return &FileError{code, fmt.Sprintf(format, a...)}
}

// openCSV scans the file once, so that a file that is cut off is refused before anything of it is used.
func openCSV(schema *resource.Schema, t *resource.Type, content module.Content, d Defaults, units Units) (*csvRows, error) {
	reader, err := csv.Open(content.Open, csv.Options{DecimalMark: d.DecimalMark})
	if err != nil {
		var e *csv.Error
		if errors.As(err, &e) {
			return nil, &FileError{e.Code, e.Error()}
		}
		return nil, err
	}
	rows := &csvRows{reader: reader, schema: schema, t: t, defaults: d, units: units}
	rows.notes = append(rows.notes, note("encoding", "The file was read as %s, columns separated by %q.", reader.Encoding(), string(reader.Delimiter())))
	if len(reader.Header()) == 0 {
		return rows, nil
	}
	if t.Name == "products" {
		rows.extra = newCompanions(schema, d)
	}
	if err := rows.plan(); err != nil {
		_ = reader.Close()
		return nil, err
	}
	return rows, nil
}

func note(code, format string, a ...any) module.Notice {
	return module.Notice{Warning: true, Class: "value", Code: code, Detail: fmt.Sprintf(format, a...)}
}

// plan finds what each column is and refuses a file that lacks a part of the key.
func (r *csvRows) plan() error {
	var unknown []string
	given := map[string]bool{}
	for _, name := range r.reader.Header() {
		c := r.find(strings.ToLower(strings.TrimSpace(name)))
		c.name = name
		switch {
		case c.field != nil:
			given[c.field.Name] = true
		case c.relation != nil:
			given[c.relation.Name] = true
		case c.companion == "" && name != "":
			unknown = append(unknown, name)
		}
		r.columns = append(r.columns, c)
	}
	for _, part := range r.t.KeyOf {
		if given[part] || r.filledIn(part) {
			continue
		}
		return fileError("key_missing", "The file has no column %q, which is part of the key of %s; add it and send the file again.",
			resource.Snake(part), r.t.Name)
	}
	if len(unknown) > 0 {
		r.notes = append(r.notes, note("unknown_column", "These columns are not known and were ignored: %s.", strings.Join(unknown, ", ")))
	}
	return nil
}

// filledIn reports whether a part of the key that the file lacks has a default of its own or the partner's.
func (r *csvRows) filledIn(part string) bool {
	if f, ok := r.t.Field(part); ok {
		return f.Fallback != nil || !f.Mandatory || f.Name == "currency" && r.defaults.Currency != ""
	}
	rel, _ := r.t.Relation(part)
	return r.fallback(rel) != ""
}

// fallback is the partner's default for a relation.
func (r *csvRows) fallback(rel *resource.Relation) string {
	switch rel.Target {
	case "priceLists":
		return r.defaults.PriceList
	case "warehouses":
		return r.defaults.Warehouse
	case "units":
		return r.defaults.Unit
	}
	return ""
}

// find matches a column's name with the definition: a field, a localized field with a language, a relation by its own name
// or by the name of its target's key ("sku"), or a companion of the resource.
func (r *csvRows) find(name string) column {
	for i := range r.t.Fields {
		f := &r.t.Fields[i]
		if f.Computed != nil || f.Secret || f.Reading {
			continue
		}
		if f.Column == name {
			return column{field: f, language: r.defaults.Language, at: i}
		}
		if _, ok := f.Kind.(resource.Multilingual); ok {
			if lang, cut := strings.CutPrefix(name, f.Column+"_"); cut && (len(lang) == 2 || len(lang) == 3) {
				return column{field: f, language: lang, at: i}
			}
		}
	}
	for i := range r.t.Relations {
		rel := &r.t.Relations[i]
		if !rel.ToMany && !rel.Reading && (resource.Snake(rel.Name) == name || r.keyColumn(rel) == name) {
			return column{relation: rel, at: len(r.t.Fields) + i}
		}
	}
	if r.extra != nil && r.extra.knows(name) {
		return column{companion: name}
	}
	return column{}
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

// Next reads one row.
func (r *csvRows) Next(_ context.Context, chunk *Chunk) (*Row, error) {
	rec, err := r.reader.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	if err != nil {
		var e *csv.Error
		if errors.As(err, &e) {
			return nil, &FileError{e.Code, e.Error()}
		}
		return nil, err
	}
	row := &Row{Line: rec.Line, Resource: r.t.Name}
	if rec.Err != nil {
		class := "parse"
		if rec.Err.Code == csv.CodeFieldTooLarge || rec.Err.Code == csv.CodeRowTooLarge {
			class = "tooLarge"
		}
		row.fault("", class, rec.Err.Code, rec.Err.Detail)
		return row, nil
	}
	change := &record.Change{Values: r.t.NewRecord()}
	cells := map[string]companionCell{}
	for i, c := range r.columns {
		cell := strings.TrimSpace(rec.Cells[i])
		switch {
		case c.field != nil:
			r.setField(row, change, c, i, cell)
		case c.relation != nil:
			r.setRelation(row, change, c, cell, chunk)
		case c.companion != "":
			cells[c.companion] = companionCell{column: i, text: cell}
		}
	}
	r.complete(change)
	row.Key = r.key(change)
	if r.extra != nil {
		r.extra.apply(r, row, change, cells)
	} else {
		row.add(r.t, record.Upsert, change, true)
	}
	return row, nil
}

func (r *csvRows) setField(row *Row, change *record.Change, c column, i int, cell string) {
	f := c.field
	multi, localized := f.Kind.(resource.Multilingual)
	if cell == "" {
		switch {
		case f.InKey && !f.Mandatory:
			change.Values[c.at] = resource.Cleared
		case f.InKey && f.Fallback != nil:
			change.Values[c.at] = *f.Fallback
		case localized && c.language != r.defaults.Language:
			change.Values[c.at] = overlay(change.Values[c.at], c.language, "")
		case f.Mandatory:
			row.fault(f.Name, "missing", "required", fmt.Sprintf("The column %s is empty; %s is required.", c.name, f.Name))
		default:
			change.Values[c.at] = resource.Cleared
		}
		return
	}
	var text string
	var err error
	switch {
	case localized:
		if text, err = multi.ParseIn(cell, c.language); err == nil {
			change.Values[c.at] = overlay(change.Values[c.at], c.language, text)
			return
		}
	case f.Kind.Name() == "decimal" || f.Kind.Name() == "integer":
		if text, err = r.reader.Decimal(i, cell); err == nil {
			text, err = f.Kind.ParseText(text)
		}
	default:
		text, err = f.Kind.ParseText(cell)
	}
	if err != nil {
		row.fault(f.Name, "value", "invalid_value", fmt.Sprintf("Column %s: %s.", c.name, reason(err)))
		return
	}
	change.Values[c.at] = resource.Of(text)
}

func reason(err error) string {
	var n *csv.NumberError
	if errors.As(err, &n) {
		return fmt.Sprintf("%q is not a number that can be read: %s", n.Cell, n.Detail)
	}
	return err.Error()
}

func (r *csvRows) setRelation(row *Row, change *record.Change, c column, cell string, chunk *Chunk) {
	rel := c.relation
	if cell == "" {
		cell = ""
		if rel.InKey {
			return // the partner's default, or "required" by the plan
		}
		if rel.Mandatory {
			row.fault(rel.Name, "missing", "required", fmt.Sprintf("The column %s is empty; %s is required.", c.name, rel.Name))
			return
		}
		change.Values[c.at] = resource.Cleared
		return
	}
	target, _ := r.schema.Type(rel.Target)
	if rel.Target == "categories" && rel.Name == "category" {
		r.setCategory(change, rel, target, cell, chunk)
		return
	}
	change.Values[c.at] = resource.Of(r.reference(target, cell).String())
}

// reference reads a cell with a target's key; parts of a composite key are joined by |.
func (r *csvRows) reference(target *resource.Type, cell string) resource.Ref {
	if target.Name == "units" {
		cell = r.units(cell)
	}
	if len(r.schema.Key(target)) > 1 {
		if ref, err := resource.ParseRef("key:" + cell); err == nil {
			return ref
		}
	}
	return resource.ByKey(cell)
}

// complete fills the parts of the key that the row leaves out with the partner's defaults.
func (r *csvRows) complete(change *record.Change) {
	for _, part := range r.t.KeyOf {
		at := r.t.At(part)
		if change.Values[at].State != resource.Absent {
			continue
		}
		if f, ok := r.t.Field(part); ok {
			switch {
			case f.Name == "currency" && r.defaults.Currency != "":
				change.Values[at] = resource.Of(r.defaults.Currency)
			case f.Fallback != nil:
				change.Values[at] = *f.Fallback
			case !f.Mandatory:
				change.Values[at] = resource.Cleared
			}
			continue
		}
		rel, _ := r.t.Relation(part)
		if d := r.fallback(rel); d != "" {
			change.Values[at] = resource.Of(resource.ByKey(d).String())
		}
	}
}

// key is the natural key as people read it.
func (r *csvRows) key(change *record.Change) string { return KeyOf(r.t, change.Values) }

// KeyOf is the natural key among a record's values as people read it, its parts joined by "|".
func KeyOf(t *resource.Type, values resource.Record) string {
	parts := make([]string, 0, len(t.KeyOf))
	for _, name := range t.KeyOf {
		text := values[t.At(name)].Text
		if rest, ok := strings.CutPrefix(text, "key:"); ok {
			if ref, err := resource.ParseRef("key:" + rest); err == nil {
				text = strings.Join(ref.Key, "|")
			}
		}
		parts = append(parts, text)
	}
	if !slices.ContainsFunc(parts, func(s string) bool { return s != "" }) {
		return ""
	}
	return strings.Join(parts, "|")
}

func (r *csvRows) Notes() []module.Notice { return r.notes }
func (r *csvRows) Close() error           { return r.reader.Close() }
