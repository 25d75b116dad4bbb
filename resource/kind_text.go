package resource

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is a field of Unicode text without NUL characters, at most 255 characters unless Max says otherwise.
func Text(name string) Field { return field(name, text{max: 255}) }

// LongText is a field of text with line breaks that no filter is offered for, at most 100,000 characters.
func LongText(name string) Field { return field(name, text{max: 100_000, long: true}).Unfiltered() }

// Email is a text that must look like an address; it is compared without regard to case and stored in lower case.
func Email(name string) Field { return field(name, text{max: 254, email: true}) }

type text struct {
	max         int
	long, email bool
}

// Max limits a text to n characters.
func (f Field) Max(n int) Field {
	if k, ok := f.Kind.(text); ok {
		k.max = n
		f.Kind = k
	}
	return f
}

func (k text) Name() string {
	switch {
	case k.email:
		return "email"
	case k.long:
		return "longText"
	}
	return "text"
}

func (text) SQL() string { return "text" }

func (k text) Parse(value any) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("expected a string")
	}
	return k.ParseText(s)
}

func (k text) ParseText(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("the text is not valid UTF-8")
	}
	if strings.ContainsRune(s, 0) {
		return "", fmt.Errorf("the text contains a NUL character")
	}
	if n := utf8.RuneCountInString(s); n > k.max {
		return "", fmt.Errorf("the text has %d characters, at most %d are allowed", n, k.max)
	}
	if k.email {
		s = strings.ToLower(strings.TrimSpace(s))
		at := strings.LastIndexByte(s, '@')
		if at < 1 || at == len(s)-1 || strings.ContainsAny(s, " \t\r\n<>,;") {
			return "", fmt.Errorf("%q is not an e-mail address", s)
		}
	}
	return s, nil
}

func (text) Output(expr string, _ Language) string { return expr }

func (k text) Schema(Language) map[string]any {
	s := map[string]any{"type": "string", "maxLength": k.max}
	if k.email {
		s["format"] = "email"
	}
	return s
}

func (text) Operators() []Operator { return matching }
