package pagetest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Surface is what Texts compares.
type Surface struct {
	Texts     fs.FS   // LANGUAGE.json
	Templates []fs.FS // *.html
	Code      fs.FS   // *.go, tests left out
	// Shared are texts that the templates may use too, such as page.Texts().
	Shared fs.FS
	// Computed are the beginnings of keys that are put together at run time
	// other than by {{label "…" .X}}.
	Computed []string
}

var (
	usedKey  = regexp.MustCompile("\\bt \"([a-zA-Z0-9.]+)\"|(?:\\.T|text|Tell)\\([^\"]*(?:\"\\w+\", )?\"([a-zA-Z0-9]+(?:\\.[a-zA-Z0-9]+)+)\"")
	usedStem = regexp.MustCompile(`\blabel "([a-zA-Z0-9.]+)"|\bt \(print "([a-zA-Z0-9.]+)\."`)
	argument = regexp.MustCompile(`\{\d\}`)
)

// Texts fails for a key that is used but missing in a language, has no use,
// is empty, lacks a plural form of its language or an argument that the
// English text has.
func Texts(t *testing.T, s Surface) {
	t.Helper()
	catalogs := read(t, s.Texts)
	english := catalogs["en"]
	keys, stems := used(t, s)
	shared := map[string]map[string]string{}
	if s.Shared != nil {
		shared = read(t, s.Shared)["en"]
	}
	for key := range keys {
		if english[key] == nil && shared[key] == nil {
			t.Errorf("%s is used but has no text", key)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(catalogs)) {
		compare(t, name, catalogs[name], english)
	}
	for key := range english {
		if !keys[key] && !slices.ContainsFunc(append(stems, s.Computed...), func(stem string) bool {
			return strings.HasPrefix(key, stem+".")
		}) {
			t.Errorf("%s has a text but is used nowhere", key)
		}
	}
}

func used(t *testing.T, s Surface) (keys map[string]bool, stems []string) {
	t.Helper()
	keys = map[string]bool{}
	scan := func(files fs.FS, pattern string) {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			content, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range usedKey.FindAllStringSubmatch(string(content), -1) {
				keys[m[1]+m[2]] = true
			}
			for _, m := range usedStem.FindAllStringSubmatch(string(content), -1) {
				stems = append(stems, m[1]+m[2])
			}
		}
	}
	for _, templates := range s.Templates {
		scan(templates, "*.html")
	}
	scan(s.Code, "*.go")
	return keys, stems
}

func compare(t *testing.T, name string, texts, english map[string]map[string]string) {
	t.Helper()
	forms := pluralForms(t, name)
	for key, want := range english {
		got := texts[key]
		switch {
		case got == nil:
			t.Errorf("%s.json lacks %s", name, key)
		case len(want) > 1:
			if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, forms) {
				t.Errorf("%s.json: %s has the plural forms %v, the language has %v", name, key, have, forms)
			}
		}
		for form, text := range got {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s.json: %s is empty", name, key)
			}
			if a, b := arguments(text), arguments(want["other"]); form == "other" && !slices.Equal(a, b) {
				t.Errorf("%s.json: %s has the arguments %v, the English text %v", name, key, a, b)
			}
		}
	}
	for key := range texts {
		if english[key] == nil {
			t.Errorf("%s.json has %s, which en.json has not", name, key)
		}
	}
}

func arguments(text string) []string {
	found := argument.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// pluralForms asks CLDR which forms whole numbers take in a language.
func pluralForms(t *testing.T, name string) []string {
	t.Helper()
	tag, err := language.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two",
		plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	forms := map[string]bool{}
	for n := range 200 {
		forms[names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(forms))
}

func read(t *testing.T, folder fs.FS) map[string]map[string]map[string]string {
	t.Helper()
	names, err := fs.Glob(folder, "*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	catalogs := map[string]map[string]map[string]string{}
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]any
		if err := json.Unmarshal(content, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts := map[string]map[string]string{}
		for key, value := range raw {
			texts[key] = map[string]string{}
			switch v := value.(type) {
			case string:
				texts[key]["other"] = v
			case map[string]any:
				for form, text := range v {
					texts[key][form], _ = text.(string)
				}
			}
		}
		catalogs[strings.TrimSuffix(path.Base(name), ".json")] = texts
	}
	return catalogs
}
