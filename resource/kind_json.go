package resource

import (
	"encoding/json"
	"fmt"
	"strings"
)

// JSON is any JSON value of at most 64 KiB.
func JSON(name string) Field { return field(name, document{}).Unfiltered() }

// maxDocument keeps one record from filling a page of the change log on its own.
const maxDocument = 64 << 10

type document struct{}

func (document) Name() string { return "json" }
func (document) SQL() string  { return "jsonb" }

func (document) Parse(value any) (string, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("expected a JSON value: %w", err)
	}
	if len(b) > maxDocument {
		return "", fmt.Errorf("the value has %d bytes, at most %d are kept", len(b), maxDocument)
	}
	if strings.Contains(string(b), `\u0000`) {
		return "", fmt.Errorf("the text contains a NUL character")
	}
	return string(b), nil
}

func (k document) ParseText(s string) (string, error) {
	if len(s) > maxDocument || !json.Valid([]byte(s)) {
		return "", fmt.Errorf("expected JSON of at most %d bytes", maxDocument)
	}
	var value any
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return "", fmt.Errorf("expected JSON: %w", err)
	}
	return k.Parse(value)
}

func (document) Output(expr string, _ Language) string { return expr }
func (document) Schema(Language) map[string]any        { return map[string]any{} }
func (document) Operators() []Operator                 { return presence }
