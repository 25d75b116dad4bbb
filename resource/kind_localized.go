package resource

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Localized is a text in several languages: an object by language on the back-office API, one string in the request's
// language on the storefront. A given object is laid over the stored one; a language set to null is removed; a plain
// string writes the default language.
func Localized(name string) Field { return field(name, localized{max: 4000}) }

// DefaultLanguage is the language that a plain string writes and that fills in where the request's is missing.
const DefaultLanguage = "en"

var languageCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

type localized struct{ max int }

func (localized) Name() string { return "localized" }
func (localized) SQL() string  { return "jsonb" }

func (k localized) Parse(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return k.ParseText(v)
	case map[string]any:
		for lang, s := range v {
			if !languageCode.MatchString(lang) {
				return "", fmt.Errorf("%q is not a language code such as \"en\" or \"de\"", lang)
			}
			if s == nil {
				continue
			}
			if _, err := (text{max: k.max}).Parse(s); err != nil {
				return "", fmt.Errorf("language %q: %w", lang, err)
			}
		}
		b, err := json.Marshal(v)
		return string(b), err
	}
	return "", fmt.Errorf(`expected a string or an object by language such as {"en":"Rod","de":"Stange"}`)
}

func (k localized) ParseText(cell string) (string, error) { return k.ParseIn(cell, DefaultLanguage) }

// ParseIn gives the canonical text of one language's text.
func (k localized) ParseIn(cell, lang string) (string, error) {
	s, err := (text{max: k.max}).ParseText(cell)
	if err != nil {
		return "", err
	}
	b := make([]byte, 0, len(s)+len(lang)+8)
	b = append(quoted(append(b, '{'), lang), ':')
	return string(append(quoted(b, s), '}')), nil
}

// quoted appends a valid UTF-8 text as a JSON string; files bring millions of them.
func quoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// Multilingual is a kind that can take a text of one language out of a file's cell.
type Multilingual interface {
	ParseIn(cell, lang string) (string, error)
}

// Output shows a text in another language rather than none.
func (k localized) Output(expr string, lang Language) string {
	if lang.All {
		return expr
	}
	return "coalesce(" + in(expr, lang) + ", jsonb_path_query_first(" + expr + ", '$.*') #>> '{}')"
}

// Operand keeps to the request's language and the default one, whose texts have indexes.
func (k localized) Operand(expr string, lang Language) (string, string) {
	if lang.All {
		return "(" + expr + "->>'" + DefaultLanguage + "')", "text"
	}
	return in(expr, lang), "text"
}

func in(expr string, lang Language) string {
	if lang.Request == lang.Default {
		return "(" + expr + "->>" + lang.Request + ")"
	}
	return fmt.Sprintf("coalesce(%[1]s->>%[2]s::text, %[1]s->>%[3]s::text)", expr, lang.Request, lang.Default)
}

// Merge keeps the languages that the sender did not mention.
func (localized) Merge(old, next string) string {
	return fmt.Sprintf("jsonb_strip_nulls(coalesce(%s, '{}'::jsonb) || %s)", old, next)
}

// Within is containment: a language that is to be removed is in no stored object, so it never holds then.
func (localized) Within(old, next string) string { return old + " @> " + next }

// Whole holds where no language is to be removed; texts that speak of null are looked at closely.
func (localized) Whole(next string) string { return "(" + next + " NOT LIKE '%null%')" }

func (k localized) Schema(lang Language) map[string]any {
	one := map[string]any{"type": "string", "maxLength": k.max}
	if !lang.All {
		return one
	}
	return map[string]any{"oneOf": []any{
		map[string]any{"type": "object", "additionalProperties": map[string]any{"type": []any{"string", "null"}, "maxLength": k.max}},
		one,
	}}
}

func (localized) Operators() []Operator { return matching }
