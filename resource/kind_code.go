package resource

import (
	"fmt"
	"regexp"
	"strings"
)

// Currency is a currency by its ISO 4217 code, "EUR"; small letters are taken too.
func Currency(name string) Field {
	return field(name, code{name: "currency", form: alpha3, example: "EUR", norm: strings.ToUpper})
}

// Country is a country by its ISO 3166-1 code of two letters, "DE"; small letters are taken too.
func Country(name string) Field {
	return field(name, code{name: "country", form: alpha2, example: "DE", norm: strings.ToUpper})
}

// Tongue is a language by its BCP 47 code, "de" or "pt-BR".
func Tongue(name string) Field {
	return field(name, code{name: "language", form: languageCode, example: "de", norm: strings.TrimSpace})
}

var (
	alpha3 = regexp.MustCompile(`^[A-Z]{3}$`)
	alpha2 = regexp.MustCompile(`^[A-Z]{2}$`)
)

// code is a text of a standard's list, of which only the form is checked: lists change, data stays.
type code struct {
	name    string
	form    *regexp.Regexp
	example string
	norm    func(string) string
}

func (k code) Name() string { return k.name }
func (code) SQL() string    { return "text" }

func (k code) Parse(value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("expected the code of a %s such as %q", k.name, k.example)
	}
	return k.ParseText(s)
}

func (k code) ParseText(s string) (string, error) {
	if n := k.norm(strings.TrimSpace(s)); k.form.MatchString(n) {
		return n, nil
	}
	return "", fmt.Errorf("%.40q is not the code of a %s such as %q", s, k.name, k.example)
}

func (code) Output(expr string, _ Language) string { return expr }

func (k code) Schema(Language) map[string]any {
	return map[string]any{"type": "string", "pattern": k.form.String(), "example": k.example}
}

func (code) Operators() []Operator { return equality }
