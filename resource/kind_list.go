package resource

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// List is an array of objects, each with the given fields; it serves the inputs of commands, where lines come as one value.
func List(name string, max int, of Fields) Field {
	return field(name, list{max: max, of: of}).Unfiltered()
}

type list struct {
	max int
	of  Fields
}

func (list) Name() string { return "list" }
func (list) SQL() string  { return "jsonb" }

// ItemError is what is wrong with one item of a list.
type ItemError struct {
	Item    int    // position, from 0
	Field   string // the item's field at fault, "" if it is the whole item
	Missing bool   // the field is required and was not given
	Err     error
}

// ItemErrors are all that is wrong with the items of a list, in their order.
type ItemErrors []ItemError

func (e ItemErrors) Error() string {
	text := fmt.Sprintf("item %d: %s", e[0].Item, e[0].Err)
	if len(e) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(e)-1)
	}
	return text
}

// Parse gives a JSON array of objects whose values are canonical texts by field name; absent fields stay absent. If items
// are wrong, the error is ItemErrors.
func (k list) Parse(value any) (string, error) {
	items, ok := value.([]any)
	if !ok {
		return "", fmt.Errorf("expected an array of objects")
	}
	if len(items) > k.max {
		return "", fmt.Errorf("the list has %d items, at most %d are taken at once", len(items), k.max)
	}
	out := make([]map[string]*string, len(items))
	var wrong ItemErrors
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			wrong = append(wrong, ItemError{Item: i, Err: fmt.Errorf("expected an object")})
			continue
		}
		var faults ItemErrors
		out[i], faults = k.item(object)
		for _, fault := range faults {
			fault.Item = i
			wrong = append(wrong, fault)
		}
	}
	if len(wrong) > 0 {
		return "", wrong
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// item reads one object by the definitions of its fields.
func (k list) item(object map[string]any) (row map[string]*string, wrong ItemErrors) {
	row = make(map[string]*string, len(k.of))
	for _, f := range k.of {
		value, given := object[f.Name]
		switch {
		case given && value != nil:
			s, err := f.Kind.Parse(value)
			if err != nil {
				wrong = append(wrong, ItemError{Field: f.Name, Err: fmt.Errorf("%s: %w", f.Name, err)})
				continue
			}
			row[f.Name] = &s
		case f.Mandatory:
			wrong = append(wrong, ItemError{Field: f.Name, Missing: true, Err: fmt.Errorf("%s is required", f.Name)})
		case f.Fallback != nil:
			row[f.Name] = &f.Fallback.Text
		case given:
			row[f.Name] = nil
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, known := k.of.Find(name); !known {
			wrong = append(wrong, ItemError{Field: name, Err: fmt.Errorf("%.64q is not a field here", name)})
		}
	}
	return row, wrong
}

func (k list) ParseText(s string) (string, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return "", fmt.Errorf("expected a JSON array: %w", err)
	}
	return k.Parse(value)
}

func (list) Output(expr string, _ Language) string { return expr }

func (k list) Schema(lang Language) map[string]any {
	properties, required := map[string]any{}, []any{}
	for _, f := range k.of {
		properties[f.Name] = f.Kind.Schema(lang)
		if f.Mandatory {
			required = append(required, f.Name)
		}
	}
	item := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		item["required"] = required
	}
	return map[string]any{"type": "array", "maxItems": k.max, "items": item}
}

func (list) Operators() []Operator { return presence }

// Find gives the position of the field with that wire name.
func (fs Fields) Find(name string) (int, bool) {
	for i := range fs {
		if fs[i].Name == name {
			return i, true
		}
	}
	return 0, false
}
