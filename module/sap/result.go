package sap

import (
	"fmt"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// output is what a mapping of an inbound IDoc puts out:
//
//	key               natural key of the record that the row is about
//	skipped           why the row is left out on purpose
//	records           [{resource, operation, values, initial, references: {name: {key, missing, values} or {of} or null},
//	                  owned: {name: [records]}, external_ids}], as module.Record has them
//	commands          [{on, name, target: [key], external, input}], as module.Command has them; what is null in an input is
//	                  left out
//	acknowledgements  [{kind, number, accepted, code, text, external, time}]
//	periods           [{price_list, product, unit, currency, from, until, steps, ended}], as module.Period has them
//	notices           [{warning, field, class, code, detail}]
//
// Nothing else may be in it: a mistyped key of a mapping is an error.
type output map[string]any

func (o output) into(doc *module.Document) error {
	r := &pathReader{}
	root := r.object("output", map[string]any(o), "key", "skipped", "records", "commands", "periods", "acknowledgements", "notices")
	doc.Key, doc.Skipped = r.text(root, "key"), r.text(root, "skipped")
	for _, n := range r.list(root, "notices") {
		doc.Notices = append(doc.Notices, r.notice(n))
	}
	for _, a := range r.list(root, "acknowledgements") {
		doc.Acknowledgements = append(doc.Acknowledgements, r.acknowledgement(a))
	}
	for _, p := range r.list(root, "periods") {
		doc.Periods = append(doc.Periods, r.period(p))
	}
	for _, v := range r.list(root, "records") {
		doc.Records = append(doc.Records, r.record(v))
	}
	for _, v := range r.list(root, "commands") {
		doc.Commands = append(doc.Commands, r.command(v))
	}
	return r.err
}

func (r *pathReader) command(v any) module.Command {
	o := r.object("command", v, "on", "name", "target", "external", "input")
	input, _ := given(r.objectOf(o, "input")).(map[string]any)
	return module.Command{On: r.text(o, "on"), Name: r.text(o, "name"), Target: r.texts(o, "target"), External: r.text(o, "external"), Input: input}
}

// given leaves out what is null, at any depth.
func given(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if value == nil {
				delete(v, name)
			} else {
				v[name] = given(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = given(v[i])
		}
	}
	return v
}

func (r *pathReader) notice(v any) module.Notice {
	o := r.object("notice", v, "warning", "field", "class", "code", "detail")
	n := module.Notice{Warning: r.flag(o, "warning"), Field: r.text(o, "field"), Class: r.text(o, "class"), Code: r.text(o, "code"),
		Detail: r.text(o, "detail")}
	if n.Class == "" {
		n.Class = "value"
	}
	return n
}

func (r *pathReader) acknowledgement(v any) module.Acknowledgement {
	o := r.object("acknowledgement", v, "kind", "number", "accepted", "code", "text", "external", "time")
	return module.Acknowledgement{Kind: r.text(o, "kind"), Number: r.text(o, "number"), Accepted: r.flag(o, "accepted"),
		Code: r.text(o, "code"), Text: r.text(o, "text"), External: r.text(o, "external"), Time: r.time(o, "time")}
}

func (r *pathReader) period(v any) module.Period {
	o := r.object("period", v, "price_list", "product", "unit", "currency", "from", "until", "steps", "ended")
	return module.Period{PriceList: r.text(o, "price_list"), Product: r.text(o, "product"), Unit: r.text(o, "unit"), Currency: r.text(o, "currency"),
		From: r.text(o, "from"), Until: r.text(o, "until"), Steps: r.texts(o, "steps"), Ended: r.flag(o, "ended")}
}

func (r *pathReader) record(v any) module.Record {
	o := r.object("record", v, "resource", "operation", "values", "initial", "references", "owned", "external_ids")
	rec := module.Record{Resource: r.text(o, "resource"), Operation: module.Operation(r.text(o, "operation")),
		Values: r.objectOf(o, "values"), Initial: r.objectOf(o, "initial"), ExternalIDs: r.texts(o, "external_ids")}
	for name, ref := range r.objectOf(o, "references") {
		if rec.References == nil {
			rec.References = map[string]module.Reference{}
		}
		rec.References[name] = r.reference(ref)
	}
	for name, list := range r.objectOf(o, "owned") {
		if rec.Owned == nil {
			rec.Owned = map[string][]module.Record{}
		}
		rec.Owned[name] = []module.Record{}
		items, ok := list.([]any)
		if !ok {
			r.fail("owned records %s are %T, not an array", name, list)
		}
		for _, item := range items {
			rec.Owned[name] = append(rec.Owned[name], r.record(item))
		}
	}
	return rec
}

func (r *pathReader) reference(v any) module.Reference {
	if v == nil {
		return module.Reference{}
	}
	o := r.object("reference", v, "key", "of", "missing", "values")
	ref := module.Reference{Key: r.texts(o, "key"), Of: r.text(o, "of"), Missing: r.text(o, "missing"), Values: r.objectOf(o, "values")}
	if ref.Key == nil && ref.Of == "" {
		r.fail("a reference has no key; null clears a relation")
	}
	return ref
}

// pathReader reads objects and keeps the first thing that is wrong.
type pathReader struct{ err error }

func (r *pathReader) fail(format string, a ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, a...)
	}
}

func (r *pathReader) object(what string, v any, known ...string) map[string]any {
	o, ok := v.(map[string]any)
	if !ok {
		r.fail("a %s is %T, not an object", what, v)
		return nil
	}
	n := 0
	for _, name := range known {
		if _, given := o[name]; given {
			n++
		}
	}
	if n < len(o) {
		for name := range o {
			if !contains(known, name) {
				r.fail("a %s has an unknown key %q", what, name)
			}
		}
	}
	return o
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (r *pathReader) text(o map[string]any, name string) string {
	switch v := o[name].(type) {
	case nil:
	case string:
		return v
	default:
		r.fail("%s is %T, not text", name, v)
	}
	return ""
}

func (r *pathReader) time(o map[string]any, name string) (t time.Time) {
	text := r.text(o, name)
	if text == "" {
		return t
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.fail("%s is %q, not a time", name, text)
	}
	return t
}

func (r *pathReader) flag(o map[string]any, name string) bool {
	switch v := o[name].(type) {
	case nil:
	case bool:
		return v
	default:
		r.fail("%s is %T, not true or false", name, v)
	}
	return false
}

func (r *pathReader) list(o map[string]any, name string) []any {
	switch v := o[name].(type) {
	case nil:
	case []any:
		return v
	default:
		r.fail("%s is %T, not an array", name, v)
	}
	return nil
}

func (r *pathReader) objectOf(o map[string]any, name string) map[string]any {
	switch v := o[name].(type) {
	case nil:
	case map[string]any:
		return v
	default:
		r.fail("%s is %T, not an object", name, v)
	}
	return nil
}

func (r *pathReader) texts(o map[string]any, name string) []string {
	var all []string
	for _, v := range r.list(o, name) {
		s, ok := v.(string)
		if !ok {
			r.fail("%s has %T where text is needed", name, v)
		}
		all = append(all, s)
	}
	return all
}
