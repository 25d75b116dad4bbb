package build_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/hanse-commerce/hanse" // what is built; a change of it runs the test again
)

// example is a Go module of its own whose main imports Hanse and one module.
const example = "../../examples/acme-build"

// TestBuildOfOnesOwn builds the example with the libraries of this tree and runs it. It needs no network: what Hanse is built
// from is there already.
func TestBuildOfOnesOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("links a whole program")
	}
	modfile := filepath.Join(t.TempDir(), "go.mod")
	copyFile(t, filepath.Join(example, "go.mod"), modfile)
	copyFile(t, "../../go.sum", strings.TrimSuffix(modfile, "mod")+"sum")
	for _, name := range []string{"main.go", "courier/courier.go", "courier/courier_test.go"} { // as does a change of these
		copyFile(t, filepath.Join(example, name), filepath.Join(t.TempDir(), "copy"))
	}
	program := filepath.Join(t.TempDir(), "acme")
	run(t, example, "go", "vet", "-mod=mod", "-modfile="+modfile, "./...")
	run(t, example, "go", "test", "-mod=mod", "-modfile="+modfile, "./courier")
	run(t, example, "go", "build", "-mod=mod", "-modfile="+modfile, "-o", program, ".")

	if out := run(t, ".", program, "--version"); !strings.HasPrefix(out, "hanse version ") {
		t.Errorf("--version prints %q", out)
	}
	if out := run(t, ".", program, "modules"); !strings.Contains(out, "\ncourier ") || !strings.Contains(out, "\nsap ") {
		t.Errorf("modules prints\n%s", out)
	}
	var schema struct {
		Properties map[string]struct{ Type string }
		Required   []string
	}
	if err := json.Unmarshal([]byte(run(t, ".", program, "modules", "courier", "--json")), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Properties["table"].Type != "array" || len(schema.Required) != 1 || schema.Required[0] != "table" {
		t.Errorf("the schema of the settings is %+v", schema)
	}
	reference := t.TempDir()
	run(t, ".", program, "reference", reference)
	page, err := os.ReadFile(filepath.Join(reference, "modules.md")) // #nosec G304 -- of this test
	if err != nil || !strings.Contains(string(page), "Carries parcels at the rates of a table by weight.") {
		t.Errorf("the reference does not tell of the module: %v", err)
	}
}

// run runs a program in a folder, without a network, and gives what it prints.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...) // #nosec G204 -- of this test
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOSUMDB=off", "GOFLAGS=", "GOWORK=off")
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, errors.String())
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from) // #nosec G304 -- of this repository
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to) // #nosec G304 -- of this test
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
