package resource

import (
	"encoding/json"
	"fmt"
)

// Object is one value made of the given fields; it serves computed values that belong together, such as an amount and its
// currency, and the inputs of commands.
func Object(name string, of Fields) Field { return field(name, object{of: of}).Unfiltered() }

type object struct{ of Fields }

func (object) Name() string { return "object" }
func (object) SQL() string  { return "jsonb" }

// Parse gives a JSON object whose values are canonical texts by field name, like an item of a List.
func (k object) Parse(value any) (string, error) {
	given, ok := value.(map[string]any)
	if !ok {
		return "", fmt.Errorf("expected an object")
	}
	row, wrong := list{of: k.of}.item(given)
	if len(wrong) > 0 {
		return "", wrong[0].Err
	}
	b, err := json.Marshal(row)
	return string(b), err
}

func (k object) ParseText(s string) (string, error) {
	var value any
	if err := json.Unmarshal([]byte(s), &value); err != nil {
		return "", fmt.Errorf("expected a JSON object: %w", err)
	}
	return k.Parse(value)
}

func (object) Output(expr string, _ Language) string { return expr }

func (k object) Schema(lang Language) map[string]any {
	item, _ := list{of: k.of}.Schema(lang)["items"].(map[string]any)
	return item
}

func (object) Operators() []Operator { return presence }
