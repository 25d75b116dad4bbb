package sap

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// Each mapping/orders05/*.txtar is an order, perhaps with settings, and its file.
func TestOrders(t *testing.T) {
	cases, err := filepath.Glob("mapping/orders05/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, files := parseCase(t, path)
			got := strings.NewReplacer("<IDOC ", "\n<IDOC ", "<E1", "\n<E1", "</IDOC>", "\n</IDOC>").Replace(order(t, New(), files, channel(t, files["settings.json"])))
			if *update {
				rewrite(t, path, archive, "expected.xml", got)
				return
			}
			if diff := cmp.Diff(string(files["expected.xml"]), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func parseCase(t testing.TB, path string) (*txtar.Archive, map[string][]byte) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	return archive, files
}

// order is the file of a case's order.
func order(t testing.TB, m *Module, files map[string][]byte, s module.Settings) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(files["order.json"]))
	d.UseNumber()
	var record map[string]any
	if err := d.Decode(&record); err != nil {
		t.Fatal(err)
	}
	msg := module.Message{Number: "0000000000000042", Time: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
	var b strings.Builder
	if err := m.Outgoing()[0].Write(context.Background(), &b, msg, record, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// SAP's own check, with what it knows of Acme, finds nothing to say about an order, and comes to the same total with tax.
func TestOrdersPassAtSAP(t *testing.T) {
	for name, want := range map[string]struct{ number, net, gross string }{
		"account": {"W00001001", "377.62", "377.62"}, "taxed": {"W00001002", "374.9", "407.25"}, "included": {"W00001003", "100.51", "113"},
	} {
		t.Run(name, func(t *testing.T) {
			_, files := parseCase(t, "mapping/orders05/"+name+".txtar")
			got := atSAP(t).Judge("orders.xml", []byte(order(t, New(), files, channel(t, files["settings.json"]))))
			if len(got) != 1 || got[0].Status != sapsim.Posted || len(got[0].Problems) > 0 || got[0].Number != want.number ||
				got[0].Total.String() != want.net || got[0].Gross.String() != want.gross {
				t.Errorf("%+v", got)
			}
		})
	}
}

// atSAP is SAP with what it knows of Acme, without a connection.
func atSAP(t *testing.T) *sapsim.Simulator {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	sim, err := sapsim.New(sapsim.Config{Addr: "127.0.0.1:1", User: "sap", Password: "never used", HostKeys: []ssh.PublicKey{signer.PublicKey()}})
	if err != nil {
		t.Fatal(err)
	}
	acme, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	var known []sapsim.File
	for _, f := range acme.Morning(time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)) {
		known = append(known, sapsim.File{Name: f.Name, Write: f.Write})
	}
	if err := sim.Learn(known...); err != nil {
		t.Fatal(err)
	}
	return sim
}
