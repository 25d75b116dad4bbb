package resource

import (
	"fmt"
	"strings"
)

// Boolean is true or false; in files also yes, no, 1, 0, x and an SAP flag's "X".
func Boolean(name string) Field { return field(name, boolean{}) }

type boolean struct{}

func (boolean) Name() string { return "boolean" }
func (boolean) SQL() string  { return "boolean" }

func (boolean) Parse(value any) (string, error) {
	switch value {
	case true:
		return "true", nil
	case false:
		return "false", nil
	}
	return "", fmt.Errorf("expected true or false")
}

func (boolean) ParseText(s string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "1", "x":
		return "true", nil
	case "false", "no", "0":
		return "false", nil
	}
	return "", fmt.Errorf("%.40q is neither true nor false", s)
}

func (boolean) Output(expr string, _ Language) string { return expr }
func (boolean) Schema(Language) map[string]any        { return map[string]any{"type": "boolean"} }
func (boolean) Operators() []Operator                 { return equality }
