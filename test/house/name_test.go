package house_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// vague are words that say nothing about what lies behind them.
var vague = []string{"util", "utils", "common", "helper", "helpers", "base", "manager", "platform", "misc"}

func TestNamesSayWhatIsInside(t *testing.T) {
	for _, s := range allSources(t) {
		words := strings.FieldsFunc(strings.TrimSuffix(s.name, ".go"), func(r rune) bool { return r == '/' || r == '_' || r == '.' || r == '-' })
		for _, word := range words {
			if slices.Contains(vague, strings.ToLower(word)) {
				t.Errorf("%s: %q is a name for anything; a reader finds a thing by the field's own word", s.name, word)
			}
		}
	}
}

var migrationName = regexp.MustCompile(`^\d{8}T\d{4}_[a-z0-9_]+\.sql$`)

func TestMigrationsHaveNamesOfTheirOwn(t *testing.T) {
	times, subjects := map[string]string{}, map[string]string{}
	for _, name := range allFiles(t) {
		if path.Base(path.Dir(name)) != "migrations" || strings.Contains(name, "/testdata/") {
			continue
		}
		file := path.Base(name)
		if !migrationName.MatchString(file) {
			t.Errorf("%s: a migration is named 20261124T1200_subject.sql, so that all areas' lie in one order", name)
			continue
		}
		at, subject, _ := strings.Cut(file, "_")
		if other, taken := times[at]; taken {
			t.Errorf("%s has the time of %s: which one runs first would be left to chance", name, other)
		}
		if other, taken := subjects[subject]; taken {
			t.Errorf("%s has the subject of %s: a log line must tell them apart", name, other)
		}
		times[at], subjects[subject] = name, name
	}
	if len(times) == 0 {
		t.Error("no migrations found")
	}
}
