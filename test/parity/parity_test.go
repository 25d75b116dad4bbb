package parity_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/reference"
	"github.com/hanse-commerce/hanse/module"
)

// TestAResourceMoreIsOnEverySurface is the leak test: a resource that only its own two files know is checked against its
// table and driven through every surface that is derived from definitions. Each part goes on from what the one before left.
func TestAResourceMoreIsOnEverySurface(t *testing.T) {
	h := newHouse(t)
	if err := record.Verify(t.Context(), h.pool, h.schema); err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		name string
		run  func(*house)
	}{{"admin API", adminAPI}, {"storefront API", storefrontAPI}, {"OpenAPI", description}, {"files", files}, {"change log", changeLog},
		{"back-office", backOffice}, {"reference", referencePages}} {
		if !t.Run(part.name, func(t *testing.T) { h.T = t; part.run(h) }) {
			t.FailNow()
		}
	}
}

func adminAPI(h *house) {
	const base = "/api/admin/v1/"
	h.ask(201, "POST", base+"categories", `{"data":{"type":"categories","attributes":{"code":"things","name":"Things"}}}`)
	made := h.ask(201, "POST", base+"gadgets?include=category,parts", `{"data":{"type":"gadgets","attributes":{"code":"G|1","title":{"en":"Lamp","de":"Lampe"},
		"length":"1.250","madeOn":"2026-11-24","maker":"Ada","externalIds":[{"system":"SAP","id":"4711"}]},"relationships":{
		"category":{"data":{"type":"categories","id":"key:things"}},
		"parts":{"data":[{"type":"gadgetParts","attributes":{"position":2,"name":"Bulb"}},{"type":"gadgetParts","attributes":{"position":1,"name":"Foot"}}]}}}}`)
	if at(made, "data.attributes.length") != "1.25" || at(made, "data.attributes.finish") != "rough" || len(at(made, "included").([]any)) != 3 {
		h.Errorf("%v", made)
	}
	for _, ref := range []string{at(made, "data.id").(string), "key:G%257C1", "ext:SAP:4711"} {
		if got := h.ask(200, "GET", base+"gadgets/"+ref, ""); at(got, "data.attributes.title.de") != "Lampe" {
			h.Errorf("%s: %v", ref, got)
		}
	}
	for _, query := range []string{"filter[code]=G|1", "filter[category]=key:things", "filter[category.code]=things", "filter[length][gt]=1", "filter[finish]=rough",
		"filter[title][contains]=lam", "filter[madeOn][range]=2026-01-01..", "filter[handmade]=false", "sort=-length,code", "fields[gadgets]=code"} {
		if got := h.ask(200, "GET", base+"gadgets?page[total]=true&"+query, ""); at(got, "meta.page.total") != 1.0 {
			h.Errorf("%s: %v", query, got)
		}
	}
	if parts := h.ask(200, "GET", base+"gadgets/ext:SAP:4711/parts", ""); at(parts, "data.0.attributes.name") != "Foot" {
		h.Errorf("%v", parts)
	}
	if one := h.ask(200, "GET", base+"gadgetParts/key:G%257C1|2", ""); at(one, "data.attributes.name") != "Bulb" {
		h.Errorf("%v", one)
	}
	h.ask(422, "PATCH", base+"gadgets/ext:SAP:4711", `{"data":{"type":"gadgets","attributes":{"shine":"1"}}}`)
	h.ask(422, "PATCH", base+"gadgets/ext:SAP:4711", `{"data":{"type":"gadgets","attributes":{"finish":"golden"}}}`)
	h.ask(200, "PATCH", base+"gadgets/ext:SAP:4711", `{"data":{"type":"gadgets","attributes":{"handmade":true}}}`)
	polished := h.ask(200, "POST", base+"gadgets/ext:SAP:4711/actions/polish", `{"data":{"type":"gadgets","attributes":{"effort":"0.5"}}}`)
	if at(polished, "data.attributes.shine") != "0.5" || at(polished, "data.attributes.finish") != "polished" {
		h.Errorf("%v", polished)
	}
	h.ask(422, "POST", base+"gadgets/ext:SAP:4711/actions/polish", `{"data":{"type":"gadgets","attributes":{}}}`)
}

func storefrontAPI(h *house) {
	const base = "/api/storefront/v1/"
	got := h.ask(200, "GET", base+"gadgets/key:G%257C1?include=parts,category", "")
	if at(got, "data.attributes.title") != "Lampe" || len(at(got, "included").([]any)) != 3 {
		h.Errorf("%v", got)
	}
	if _, shown := at(got, "data.attributes").(map[string]any)["maker"]; shown {
		h.Errorf("a buyer is shown the maker: %v", got)
	}
	h.ask(405, "POST", base+"gadgets", `{"data":{"type":"gadgets"}}`)
	h.ask(404, "POST", base+"gadgets/key:G%257C1/actions/polish", `{"meta":{"effort":"1"}}`)
	h.ask(400, "GET", base+"gadgets?filter[maker]=Ada", "")
	h.ask(200, "PATCH", "/api/admin/v1/gadgets/key:G%257C1", `{"data":{"type":"gadgets","attributes":{"status":"disabled"}}}`)
	h.ask(404, "GET", base+"gadgets/key:G%257C1", "")
	h.ask(200, "PATCH", "/api/admin/v1/gadgets/key:G%257C1", `{"data":{"type":"gadgets","attributes":{"status":"enabled"}}}`)
}

func description(h *house) {
	for _, side := range []string{"admin", "storefront"} {
		b, err := json.Marshal(h.ask(200, "GET", "/api/"+side+"/v1/openapi.json", ""))
		if err != nil {
			h.Fatal(err)
		}
		doc, err := openapi3.NewLoader().LoadFromData(b)
		if err != nil {
			h.Fatal(err)
		}
		if err := doc.Validate(h.Context(), openapi3.DisableExamplesValidation()); err != nil {
			h.Error(err)
		}
		for path, on := range map[string]bool{"/gadgets": true, "/gadgets/{id}": true, "/gadgets/{id}/parts": true, "/gadgets/{id}/relationships/category": true,
			"/gadgets/{id}/actions/polish": side == "admin", "/gadgetParts": true} {
			if (doc.Paths.Find(path) != nil) != on {
				h.Errorf("%s: %s: %v", side, path, !on)
			}
		}
		shown := doc.Components.Schemas["Gadget"].Value.Properties["attributes"].Value.Properties
		if (shown["maker"] != nil) != (side == "admin") || shown["length"] == nil || shown["finish"] == nil {
			h.Errorf("%s: %v", side, shown)
		}
	}
}

func files(h *house) {
	h.tx(func(tx pgx.Tx) error {
		_, err := tx.Exec(h.Context(), `INSERT INTO partner (id, organization_id, code, name, settings) VALUES (gen_random_uuid(), $1, 'MES', 'MES', '{}')`, h.organization.Organization)
		return err
	})
	service := &intake.Service{DB: h.pool, Store: h.store, Ledger: exchange.NewLedger(h.pool), Node: "test"}
	partners, err := intake.LoadPartners(h.Context(), h.pool, &module.Registry{}, "MES")
	if err != nil || len(partners) != 1 {
		h.Fatal(partners, err)
	}
	process := func(name, content string) string {
		h.Helper()
		sum := sha256.Sum256([]byte(name + content))
		receipt, err := service.Ledger.Receive(h.Context(), partners[0].Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: partners[0].ID,
			Name: name, Path: name, Hash: hex.EncodeToString(sum[:]), Size: int64(len(content))})
		if err != nil {
			h.Fatal(err)
		}
		out, err := service.Process(h.Context(), intake.File{Partner: partners[0], Exchange: receipt.ID, Content: file{name, content}, Size: int64(len(content))})
		if err != nil {
			h.Fatal(err)
		}
		c := out.Counts
		return fmt.Sprint(out.Status, " ", c.Read, " ", c.Created, " ", c.Updated, " ", c.Unchanged, " ", c.Failed)
	}
	const content = "code;title;title_de;finish;length;handmade;category\nG|1;Lamp;Leuchte;polished;1,5;yes;things\nG2;Table;Tisch;rough;2,25;no;\nG3;Chair;;golden;;;\n"
	if got := process("gadgets_1.csv", content); got != "partlyDone 3 1 1 0 1" {
		h.Error(got)
	}
	if got := process("gadgets_2.csv", content); got != "partlyDone 3 0 0 2 1" {
		h.Error(got)
	}
	if got := h.ask(200, "GET", "/api/admin/v1/gadgets/key:G2", ""); at(got, "data.attributes.length") != "2.25" || at(got, "data.attributes.title.de") != "Tisch" {
		h.Errorf("%v", got)
	}
}

func changeLog(h *house) {
	if got := h.events(); got != "created updated gadget.polished updated updated created updated" && got != "created updated gadget.polished updated updated updated created" {
		h.Error(got)
	}
	id := at(h.ask(200, "GET", "/api/admin/v1/gadgets/key:G%257C1", ""), "data.id").(string)
	events := h.history(id)
	if len(events) < 4 || events[len(events)-1].Event != "created" {
		h.Fatalf("%v", events)
	}
	if e := events[0]; e.Event != "updated" || e.Origin != "MES" || !strings.Contains(fmt.Sprint(e.Fields), "title") || !strings.Contains(string(e.Before), "Lampe") {
		h.Errorf("%+v", e)
	}
}

func backOffice(h *house) {
	if err := h.directory.SetPassword(h.Context(), access.Subject{Kind: access.User, ID: h.organization.Admin, Organization: h.organization.Organization}, "correct horse battery"); err != nil {
		h.Fatal(err)
	}
	server := httptest.NewServer(h.handler)
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) string {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			h.Fatalf("%s: %d %v\n%s", res.Request.URL, res.StatusCode, err, b)
		}
		return string(b)
	}
	get := func(path string) string { h.Helper(); return read(client.Get(server.URL + path)) }
	post := func(path string, values url.Values) string {
		h.Helper()
		return read(client.PostForm(server.URL+path, values))
	}
	wants := func(page, what string) {
		h.Helper()
		if !strings.Contains(page, what) {
			h.Errorf("%q is missing in\n%s", what, page)
		}
	}
	post("/admin/login", url.Values{"email": {"admin@acme.test"}, "password": {"correct horse battery"}})
	wants(get("/admin/"), "/admin/records/gadgets")
	grid := get("/admin/records/gadgets")
	for _, what := range []string{"G|1", "Lamp", "Table"} {
		wants(grid, what)
	}
	some := get("/admin/records/gadgets?filter=finish:eq:rough&columns=code&columns=category&sort=-length")
	wants(some, "G2")
	if strings.Contains(some, "G|1") {
		h.Errorf("the filter lets all through")
	}
	wants(get("/admin/records/gadgets?filter=category.code:eq:things&columns=code&columns=category"), "Things")
	form := get("/admin/records/gadgets/new")
	for _, name := range []string{"code", "title.en", "finish", "length", "handmade", "madeOn", "category"} {
		wants(form, `name="`+name+`"`)
	}
	wants(post("/admin/records/gadgets", url.Values{"code": {"G9"}, "title.en": {"Box"}, "title.de": {"Kiste"}, "finish": {"rough"}, "status": {"enabled"}, "length": {"0.5"}, "category": {"key:things"}}), "Kiste")
	id := at(h.ask(200, "GET", "/api/admin/v1/gadgets/key:G9", ""), "data.id").(string)
	wants(get("/admin/records/gadgets/"+id), "0.5")
	h.ask(204, "DELETE", "/api/admin/v1/gadgets/key:G9", "")
}

func referencePages(h *house) {
	var all strings.Builder
	for _, p := range reference.Pages(h.schema, nil) {
		all.WriteString(p.Content)
	}
	for _, what := range []string{"gadgets", "gadgetParts", "What polishing has done", "polish", "gadget.polished"} {
		if !strings.Contains(all.String(), what) {
			h.Errorf("the reference does not mention %q", what)
		}
	}
}

// TestNothingElseKnowsTheResource counts the files that a new resource takes: the definition and the migration.
func TestNothingElseKnowsTheResource(t *testing.T) {
	var touched []string
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && strings.HasPrefix(name, ".") || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, "_test.go") || !strings.Contains(".go.sql.json.html.css.js.blobl", filepath.Ext(name)) || filepath.Ext(name) == "" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err == nil && strings.Contains(strings.ToLower(string(content)), "gadget") {
			rel, _ := filepath.Rel(root, path)
			touched = append(touched, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(touched, " "); got != "test/parity/gadget.go test/parity/migrations/20270101T0000_gadget.sql" {
		t.Errorf("these files know gadgets: %s", got)
	}
}
