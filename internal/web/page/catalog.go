package page

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Catalog holds the texts of a web surface in all its languages. A text may
// hold {0}, {1} … for arguments; a text with plural forms is an object by
// CLDR category ("one", "other", …) chosen by its first argument.
type Catalog struct {
	languages []language.Tag
	texts     map[language.Tag]map[string]text
}

// text is one message: plain, or by plural category.
type text map[string]string

const anyForm = "other"

// NewCatalog reads LANGUAGE.json files from each folder; a later folder adds
// to or replaces texts of an earlier one. English comes first and is the
// language of a visitor who understands none of them.
func NewCatalog(folders ...fs.FS) (*Catalog, error) {
	c := &Catalog{texts: map[language.Tag]map[string]text{}}
	for _, folder := range folders {
		names, err := fs.Glob(folder, "*.json")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := c.read(folder, name); err != nil {
				return nil, fmt.Errorf("read the texts of %s: %w", name, err)
			}
		}
	}
	c.languages = slices.SortedFunc(maps.Keys(c.texts), func(a, b language.Tag) int {
		if (a == language.English) != (b == language.English) {
			return map[bool]int{true: -1, false: 1}[a == language.English]
		}
		return strings.Compare(a.String(), b.String())
	})
	if len(c.languages) == 0 || c.languages[0] != language.English {
		return nil, fmt.Errorf("the texts in English (en.json) are missing")
	}
	return c, nil
}

func (c *Catalog) read(folder fs.FS, name string) error {
	tag, err := language.Parse(strings.TrimSuffix(path.Base(name), ".json"))
	if err != nil {
		return err
	}
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return err
	}
	if c.texts[tag] == nil {
		c.texts[tag] = map[string]text{}
	}
	for key, value := range raw {
		var plain string
		forms := text{}
		if json.Unmarshal(value, &plain) == nil {
			forms[anyForm] = plain
		} else if err := json.Unmarshal(value, &forms); err != nil {
			return fmt.Errorf("%s is neither a text nor an object of plural forms", key)
		}
		c.texts[tag][key] = forms
	}
	return nil
}

// Languages lists the languages of the catalog, English first.
func (c *Catalog) Languages() []language.Tag { return c.languages }

// Has tells whether the catalog speaks the language.
func (c *Catalog) Has(tag string) bool {
	return slices.ContainsFunc(c.languages, func(t language.Tag) bool { return t.String() == tag })
}

// In returns the texts in one language; an unknown one gives English.
func (c *Catalog) In(tag language.Tag) *Printer {
	if c.texts[tag] == nil {
		tag = c.languages[0]
	}
	return &Printer{tag: tag, texts: c.texts[tag], format: formatOf(tag)}
}

// Printer writes texts, numbers, money and dates in one language.
type Printer struct {
	tag    language.Tag
	texts  map[string]text
	format format
}

// Language returns the printer's language.
func (p *Printer) Language() language.Tag { return p.tag }

// T returns the text of a key with its arguments filled in. A missing key is
// shown as itself; templates fail on it instead.
func (p *Printer) T(key string, args ...any) string {
	s, err := p.lookup(key, args...)
	if err != nil {
		return key
	}
	return s
}

// Find returns the text of a key if there is one.
func (p *Printer) Find(key string, args ...any) (string, bool) {
	s, err := p.lookup(key, args...)
	return s, err == nil
}

func (p *Printer) lookup(key string, args ...any) (string, error) {
	forms, ok := p.texts[key]
	if !ok {
		return "", fmt.Errorf("the texts in %s have no key %q", p.tag, key)
	}
	s := forms[anyForm]
	if len(forms) > 1 && len(args) > 0 {
		if n, ok := args[0].(int); ok {
			if form, ok := forms[pluralForm(p.tag, n)]; ok {
				s = form
			}
		}
	}
	return p.fill(s, args), nil
}

func (p *Printer) fill(s string, args []any) string {
	for i, arg := range args {
		var v string
		if n, ok := arg.(int); ok {
			v = p.Number(n)
		} else {
			v = fmt.Sprint(arg)
		}
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", v)
	}
	return s
}

var pluralNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two",
	plural.Few: "few", plural.Many: "many", plural.Other: anyForm}

func pluralForm(tag language.Tag, n int) string {
	if n < 0 {
		n = -n
	}
	return pluralNames[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]
}
