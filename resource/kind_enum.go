package resource

import (
	"fmt"
	"slices"
	"strings"
)

// Enum is one of the given camelCase words. It is a text column with a CHECK constraint, never a PostgreSQL enum type:
// row-level security keeps its indexes only with leakproof operators.
func Enum(name string, values ...string) Field { return field(name, enum(values)) }

type enum []string

func (enum) Name() string { return "enum" }
func (enum) SQL() string  { return "text" }

func (k enum) Parse(value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("expected one of %s", strings.Join(k, ", "))
	}
	return k.ParseText(s)
}

func (k enum) ParseText(s string) (string, error) {
	if !slices.Contains(k, s) {
		return "", fmt.Errorf("%q is not one of %s", s, strings.Join(k, ", "))
	}
	return s, nil
}

func (enum) Output(expr string, _ Language) string { return expr }
func (k enum) Values() []string                    { return slices.Clone(k) }

// Enumeration is a kind with a fixed list of values, which a form shows as a choice.
type Enumeration interface{ Values() []string }

func (k enum) Schema(Language) map[string]any {
	return map[string]any{"type": "string", "enum": slices.Clone([]string(k))}
}

func (enum) Operators() []Operator { return equality }
