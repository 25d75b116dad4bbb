package sap

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hanse-commerce/hanse/module"
)

var update = flag.Bool("update", false, "write what came out into the test cases as what is expected")

// Each mapping/NAME/*.txtar is a case of a mapping: input.xml, perhaps settings.json, and expected.json.
func TestMappings(t *testing.T) {
	for i, in := range New().Incoming() {
		for _, path := range cases(t, inbound[i]) {
			t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "mapping/"), ".txtar"), func(t *testing.T) {
				archive, err := txtar.ParseFile(path)
				if err != nil {
					t.Fatal(err)
				}
				files := map[string][]byte{}
				for _, f := range archive.Files {
					files[f.Name] = f.Data
				}
				got := pretty(t, read(t, in, files["settings.json"], files["input.xml"]))
				if *update {
					rewrite(t, path, archive, "expected.json", got)
					return
				}
				if diff := cmp.Diff(string(files["expected.json"]), got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

// cases are those of all mappings of a kind.
func cases(t testing.TB, k kind) (all []string) {
	t.Helper()
	for name := range maps.Values(k.mappings) {
		found, err := filepath.Glob("mapping/" + name + "/*.txtar")
		if err != nil || len(found) == 0 {
			t.Errorf("%s has no cases: %v", name, err)
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// rewrite puts what came out into a case as what is expected.
func rewrite(t *testing.T, path string, a *txtar.Archive, name, got string) {
	t.Helper()
	var files []txtar.File
	for _, f := range a.Files {
		if f.Name != name {
			files = append(files, f)
		}
	}
	a.Files = append(files, txtar.File{Name: name, Data: []byte(got)})
	if err := os.WriteFile(path, txtar.Format(a), 0o600); err != nil {
		t.Fatal(err)
	}
}

// text is a file in memory.
type text struct{ name, content string }

func (x text) Name() string                 { return x.name }
func (x text) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(x.content)), nil }

func channel(t testing.TB, given []byte) module.Settings {
	t.Helper()
	values := map[string]any{}
	if len(given) > 0 {
		if err := json.Unmarshal(given, &values); err != nil {
			t.Fatal(err)
		}
	}
	s, err := module.ParseSettings(Settings(), values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t testing.TB, in module.Incoming, given, input []byte) []*module.Document {
	t.Helper()
	docs, err := in.Open(context.Background(), text{"in.xml", string(input)}, channel(t, given))
	if err != nil {
		t.Fatal(err)
	}
	var all []*module.Document
	for {
		d, err := docs.Next(context.Background())
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
}

// pretty is what the documents say, without what is empty.
func pretty(t testing.TB, docs []*module.Document) string {
	t.Helper()
	all := []any{}
	for _, d := range docs {
		all = append(all, object("key", d.Key, "skipped", d.Skipped, "records", records(d.Records), "commands", plain(t, d.Commands), "periods", plain(t, d.Periods), "acknowledgements", plain(t, d.Acknowledgements),
			"notices", plain(t, d.Notices)))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func records(list []module.Record) []any {
	var all []any
	for _, r := range list {
		refs, owned := map[string]any{}, map[string]any{}
		for name, ref := range r.References {
			refs[name] = object("key", ref.Key, "of", ref.Of, "missing", ref.Missing, "values", ref.Values)
		}
		for name, list := range r.Owned {
			owned[name] = records(list)
		}
		all = append(all, object("resource", r.Resource, "operation", string(r.Operation), "values", r.Values, "initial", r.Initial,
			"references", refs, "owned", owned, "externalIds", r.ExternalIDs))
	}
	return all
}

func object(pairs ...any) map[string]any {
	o := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case string:
			if v == "" {
				continue
			}
		case map[string]any:
			if len(v) == 0 {
				continue
			}
		case []any:
			if len(v) == 0 {
				continue
			}
		case []string:
			if len(v) == 0 {
				continue
			}
		}
		o[pairs[i].(string)] = pairs[i+1]
	}
	return o
}

// plain gives structs as objects with only what is set.
func plain(t testing.TB, list any) []any {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var items []map[string]any
	if err := json.Unmarshal(b, &items); err != nil {
		t.Fatal(err)
	}
	var all []any
	for _, item := range items {
		for name, v := range item {
			if v == "" || v == false || v == nil {
				delete(item, name)
			}
		}
		all = append(all, item)
	}
	return all
}
