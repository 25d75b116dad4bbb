package resource

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Integer is a whole number of 32 bits, a JSON number on the wire.
func Integer(name string) Field { return field(name, integer{}) }

type integer struct{ positive bool }

func (integer) Name() string { return "integer" }
func (integer) SQL() string  { return "integer" }

func (k integer) Parse(value any) (string, error) {
	n, ok := value.(json.Number)
	if !ok {
		return "", fmt.Errorf("expected a whole number")
	}
	return k.ParseText(n.String())
}

func (k integer) ParseText(s string) (string, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return "", fmt.Errorf("%.40q is not a whole number between -2147483648 and 2147483647", s)
	}
	if k.positive && n < 0 {
		return "", fmt.Errorf("%d is negative; zero or more is expected", n)
	}
	return strconv.FormatInt(n, 10), nil
}

func (integer) Output(expr string, _ Language) string { return expr }

func (k integer) Schema(Language) map[string]any {
	s := map[string]any{"type": "integer", "format": "int32"}
	if k.positive {
		s["minimum"] = 0
	}
	return s
}

func (integer) Operators() []Operator { return ordering }
