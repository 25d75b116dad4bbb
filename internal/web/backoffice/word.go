package backoffice

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// words name what the definitions call by wire names, in one language. Where the catalog has no text, as for a module's
// resources and an administrator's fields, the wire name itself is written as words.
type words struct {
	*page.Printer
	zone *time.Location // of the times shown
}

func (w words) typeName(t *resource.Type) string { return w.named("type.", t.Name) }

// singular names one record of a type.
func (w words) singular(t *resource.Type) string { return w.named("one.", t.Singular()) }

func (w words) area(name string) string { return w.named("area.", name) }

// field names a field or relation of a type; a text for the type's own field goes before the field's general one.
func (w words) field(t *resource.Type, name string) string {
	if s, ok := w.Find("field." + t.Name + "." + name); ok {
		return s
	}
	return w.named("field.", name)
}

func (w words) value(value string) string { return w.named("value.", value) }

func (w words) named(prefix, name string) string {
	if s, ok := w.Find(prefix + name); ok {
		return s
	}
	return spell(name)
}

// spell writes a camelCase name as words: "orderBlock" as "Order block", "poNumber" as "Po number", "scriptURL" as
// "Script URL".
func spell(name string) string {
	var b strings.Builder
	runes := []rune(name)
	capital := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsUpper(runes[i]) }
	for i, r := range runes {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case capital(i) && capital(i-1): // within an abbreviation
		case capital(i) && capital(i+1):
			b.WriteByte(' ')
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		case r == '_' || r == '.':
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// clip cuts a long text at a length in characters.
func clip(s string, length int) string {
	if utf8.RuneCountInString(s) <= length {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:length-1])) + "…"
}
