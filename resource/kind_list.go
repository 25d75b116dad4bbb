package resource

import (
	"encoding/json"
	"fmt"
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

// Parse gives a JSON array of objects whose values are canonical texts by field name; absent fields stay absent.
func (k list) Parse(value any) (string, error) {
	items, ok := value.([]any)
	if !ok {
		return "", fmt.Errorf("expected an array of objects")
	}
	if len(items) > k.max {
		return "", fmt.Errorf("the list has %d items, at most %d are taken at once", len(items), k.max)
	}
	out := make([]map[string]*string, len(items))
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			return "", fmt.Errorf("item %d: expected an object", i)
		}
		var err error
		if out[i], err = k.item(object); err != nil {
			return "", fmt.Errorf("item %d: %w", i, err)
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

func (k list) item(object map[string]any) (map[string]*string, error) {
	row := make(map[string]*string, len(k.of))
	for _, f := range k.of {
		value, given := object[f.Name]
		switch {
		case given && value != nil:
			s, err := f.Kind.Parse(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			row[f.Name] = &s
		case f.Mandatory:
			return nil, fmt.Errorf("%s is required", f.Name)
		case given:
			row[f.Name] = nil
		case f.Fallback != nil:
			row[f.Name] = &f.Fallback.Text
		}
	}
	for name := range object {
		if _, known := k.of.Find(name); !known {
			return nil, fmt.Errorf("%q is not a field here", name)
		}
	}
	return row, nil
}

func (k list) ParseText(s string) (string, error) {
	var value any
	if err := json.Unmarshal([]byte(s), &value); err != nil {
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
