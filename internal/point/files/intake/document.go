package intake

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// documentRows turns what a module says that a document means into changes.
type documentRows struct {
	documents module.Documents
	content   *watched
	schema    *resource.Schema
	incoming  module.Incoming
	system    string // of external ids: the partner's code
	units     *units
}

// Close ends the reading, where the module keeps the file open.
func (d *documentRows) Close() error {
	if c, ok := d.documents.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Count implements Rows.
func (d *documentRows) Count() int64 { return 0 }

// Format implements Rows.
func (d *documentRows) Format() string { return "" }

// Notes implements Rows.
func (d *documentRows) Notes() []module.Notice { return nil }

// Next reads one document.
func (d *documentRows) Next(ctx context.Context) (*Row, error) {
	doc, err := d.documents.Next(ctx)
	if err != nil {
		if code := codeOf(err); code != "" && d.content.fault() == nil {
			return nil, &FileError{code, err.Error()}
		}
		return nil, err
	}
	row := &Row{Line: doc.Line, Resource: d.incoming.Resource, Key: doc.Key, Notices: doc.Notices, Skipped: doc.Skipped,
		Message: doc.Message, Raw: doc.Raw, Acknowledgements: doc.Acknowledgements, bytes: len(doc.Raw)}
	if row.failed() || row.Skipped != "" {
		return row, nil
	}
	seen := map[string]*record.Change{}
	for i := range doc.Records {
		d.record(row, &doc.Records[i], seen)
	}
	for _, p := range doc.Periods {
		unit, _ := d.units.codes.Unit(p.Unit) // an unknown one fails the price itself
		row.periods = append(row.periods, pricing.Period{List: p.PriceList, Product: p.Product, Unit: unit, Currency: p.Currency,
			From: p.From, Until: p.Until, Steps: p.Steps, Ended: p.Ended})
	}
	for i := range doc.Commands {
		d.ask(row, &doc.Commands[i])
	}
	return row, nil
}

var operations = map[module.Operation]record.Operation{"": record.Upsert, module.Upsert: record.Upsert,
	module.Update: record.Update, module.Delete: record.Delete}

// record adds one record of a document; a reference to a record of the same document links to it.
func (d *documentRows) record(row *Row, m *module.Record, seen map[string]*record.Change) {
	t, ok := d.schema.Type(m.Resource)
	if !ok {
		row.fault("", "parse", "unknown_type", fmt.Sprintf("The mapping names the resource %q, which does not exist.", m.Resource))
		return
	}
	change := d.change(row, t, m, seen)
	if row.failed() {
		return
	}
	if m.Operation == module.Ensure {
		row.Needs = append(row.Needs, d.ensured(t, change))
		return
	}
	if m.Operation == module.Update || m.Operation == module.Delete {
		change.Target = resource.ByKey(changeKey(d.schema, t, change)...)
	}
	for _, id := range m.ExternalIDs {
		change.ExternalIDs = append(change.ExternalIDs, record.ExternalID{System: d.system, ID: id})
	}
	if len(t.KeyOf) == 0 && change.Target.IsZero() && len(m.ExternalIDs) > 0 {
		change.Target = resource.Ref{System: d.system, External: m.ExternalIDs[0]}
	}
	seen[t.Name+"\x00"+KeyOf(t, change.Values)] = change
	row.add(t, operations[m.Operation], change, t.Name == row.Resource)
}

// ensured is a record that other rows may need too. Beside its key all it says is for a new record. It names others by
// their keys, since it is written once for all rows of a chunk.
func (d *documentRows) ensured(t *resource.Type, c *record.Change) *Need {
	n := newNeed(t, strings.Join(changeKey(d.schema, t, c), "\x00"), c)
	for name, to := range c.Links {
		rel, _ := t.Relation(name)
		target, _ := d.schema.Type(rel.Target)
		c.Values[t.At(name)] = resource.Of(resource.ByKey(changeKey(d.schema, target, to)...).String())
	}
	c.Links, c.Initial = nil, t.NewRecord()
	for pos := range c.Values {
		if !slices.Contains(t.KeyOf, t.NameAt(pos)) {
			c.Initial[pos], c.Values[pos] = c.Values[pos], resource.Value{}
		}
	}
	return n
}

func (d *documentRows) change(row *Row, t *resource.Type, m *module.Record, seen map[string]*record.Change) *record.Change {
	c := &record.Change{Values: d.values(row, t, m.Values)}
	if m.Initial != nil {
		c.Initial = d.values(row, t, m.Initial)
	}
	for _, name := range slices.Sorted(maps.Keys(m.References)) {
		d.reference(row, t, c, name, m.References[name], seen)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Owned)) {
		rel, ok := t.Relation(name)
		if !ok || !rel.Owns {
			row.fault(name, "parse", "unknown_relation", fmt.Sprintf("The mapping names %s.%s, which owns nothing.", t.Name, name))
			continue
		}
		child, _ := d.schema.Type(rel.Target)
		list := []*record.Change{}
		for i := range m.Owned[name] {
			list = append(list, d.change(row, child, &m.Owned[name][i], seen))
		}
		if c.Owned == nil {
			c.Owned = map[string][]*record.Change{}
		}
		c.Owned[name] = list
	}
	return c
}

func (d *documentRows) values(row *Row, t *resource.Type, given map[string]any) resource.Record {
	values := t.NewRecord()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		f, ok := t.Field(name)
		if !ok || f.Computed != nil {
			row.fault(name, "parse", "unknown_field", fmt.Sprintf("The mapping names %s.%s, which does not exist.", t.Name, name))
			continue
		}
		value := given[name]
		if value == nil {
			values[t.At(name)] = resource.Cleared
			continue
		}
		text, err := f.Kind.Parse(value)
		if err != nil {
			row.fault(name, "value", "invalid_value", fmt.Sprintf("%s: %s.", name, err))
			continue
		}
		values[t.At(name)] = resource.Of(text)
	}
	return values
}

func (d *documentRows) reference(row *Row, t *resource.Type, c *record.Change, name string, ref module.Reference, seen map[string]*record.Change) {
	rel, ok := t.Relation(name)
	if !ok || rel.ToMany {
		row.fault(name, "parse", "unknown_relation", fmt.Sprintf("The mapping names %s.%s, which does not exist.", t.Name, name))
		return
	}
	if ref.Of != "" {
		row.borrow(c, t, name, ref.Of)
		return
	}
	if ref.Key == nil {
		c.Values[t.At(name)] = resource.Cleared
		return
	}
	target, _ := d.schema.Type(rel.Target)
	key := ref.Key
	if target.Name == "units" {
		code, ok := d.units.translate(row, name, key[0])
		if !ok {
			return
		}
		key = []string{code}
	}
	if same := seen[target.Name+"\x00"+strings.Join(key, "|")]; same != nil {
		link(c, name, same)
		return
	}
	switch ref.Missing {
	case "create":
		row.Needs = append(row.Needs, d.need(row, target, key, ref.Values))
		c.Lenient = append(c.Lenient, name) // it may go again before the row is written
	case "warn":
		c.Lenient = append(c.Lenient, name)
	}
	c.Values[t.At(name)] = resource.Of(resource.ByKey(key...).String())
}

// need is a record that a reference makes where it is missing.
func (d *documentRows) need(row *Row, target *resource.Type, key []string, values map[string]any) *Need {
	c := &record.Change{Values: target.NewRecord(), Initial: d.values(row, target, values)}
	for i, part := range target.KeyOf {
		if i < len(key) {
			c.Values[target.At(part)] = resource.Of(key[i])
		}
	}
	return newNeed(target, strings.Join(key, "\x00"), c)
}
