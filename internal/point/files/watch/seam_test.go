package watch_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module/sap"
	"github.com/hanse-commerce/hanse/resource"
)

// arrived is a file that a node received before it stopped.
func arrived(h *filestest.House, path, content string) string {
	h.T.Helper()
	info, err := h.Blobs.Put(context.Background(), strings.NewReader(content))
	if err != nil {
		h.T.Fatal(err)
	}
	r, err := h.Ledger.Receive(context.Background(), h.Partner.Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: h.Partner.ID, Name: path[3:], Path: path,
		Hash: info.Hash, Size: info.Size, Window: time.Hour})
	if err != nil {
		h.T.Fatal(err)
	}
	return r.ID
}

func processed(h *filestest.House, id, name, content string) *intake.Outcome {
	h.T.Helper()
	out, err := h.Intake.Process(context.Background(), intake.File{Partner: h.Partner, Exchange: id, Size: int64(len(content)),
		Content: filestest.Content{File: name, Bytes: []byte(content)}})
	if err != nil {
		h.T.Fatal(err)
	}
	return out
}

// Wherever between two steps a node stops, the next one goes on: the file is one exchange, processed once, with one result.
func TestNodeStoppedBetweenSteps(t *testing.T) {
	const name, content = "products_1.csv", "sku,name\n1,Rod\n2,Bolt\n"
	for step, stop := range map[string]func(h *filestest.House){
		"received": func(h *filestest.House) {
			h.Lay("in/"+name, content)
			arrived(h, "in/"+name, content)
		},
		"processed": func(h *filestest.House) {
			h.Lay("in/"+name, content)
			processed(h, arrived(h, "in/"+name, content), name, content)
		},
		"result laid": func(h *filestest.House) {
			h.Lay("in/"+name, content)
			id := arrived(h, "in/"+name, content)
			out := processed(h, id, name, content)
			result(h, name, id, out)
		},
		"moved": func(h *filestest.House) {
			id := arrived(h, "in/"+name, content)
			out := processed(h, id, name, content)
			result(h, name, id, out)
			h.Lay("archive/"+name, content)
		},
		"taken away by its sender": func(h *filestest.House) { arrived(h, "in/"+name, content) },
	} {
		t.Run(step, func(t *testing.T) {
			h := filestest.New(t)
			stop(h)
			h.Watch(h.Watcher("next", soon))
			filestest.Await(t, "the file to be placed", func() bool { return h.Count("SELECT count(*) FROM exchange WHERE placed_at IS NOT NULL") == 1 })
			h.AwaitEmpty()
			want(t, exchanges(h), "products_1.csv done 2/2/0/0/0 archive/products_1.csv")
			want(t, h.Files("."), "archive/products_1.csv", "result/products_1.csv.result.csv")
			if n := h.Count("SELECT count(*) FROM run"); n != 1 {
				t.Errorf("%d runs", n)
			}
			if got := h.Text("archive/" + name); got != content {
				t.Errorf("the archive has %q", got)
			}
		})
	}
}

func result(h *filestest.House, name, id string, out *intake.Outcome) {
	h.T.Helper()
	partnerHome, err := h.Homes.Open(context.Background(), h.Partner.Home)
	if err != nil {
		h.T.Fatal(err)
	}
	defer func() { _ = partnerHome.Close() }()
	if err := watch.PlaceResult(context.Background(), h.Intake, partnerHome, h.Partner, name, id, out); err != nil {
		h.T.Fatal(err)
	}
}

// An import by command whose process died is finished by the node that watches the partner's folder.
func TestImportByCommandIsFinished(t *testing.T) {
	h := filestest.New(t)
	const content = "code,name\nX,X\n"
	info, err := h.Blobs.Put(context.Background(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Ledger.Receive(context.Background(), h.Partner.Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: h.Partner.ID, Name: "mine.txt",
		Hash: info.Hash, Size: info.Size})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Ledger.Described(context.Background(), h.Partner.Caller(r.ID), r.ID, "priceLists.csv", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.StartRun(context.Background(), h.Partner.Caller(r.ID), r.ID, "gone"); err != nil {
		t.Fatal(err)
	}
	h.Exec("UPDATE exchange SET updated_at = now() - interval '3 minutes'")
	h.Watch(h.Watcher("next", never))
	filestest.Await(t, "the import to be finished", func() bool {
		return h.Count("SELECT count(*) FROM exchange WHERE status = 'done' AND created = 1") == 1
	})
}

// What a crash left of a placing is swept when the folder gets a new watcher, and only that.
func TestSweep(t *testing.T) {
	h := filestest.New(t)
	old := time.Now().Add(-time.Hour)
	for _, p := range []string{"out/.orders_1.xml.ABCD.tmp", "result/.p.csv.ABCD.tmp", "out/orders_1.xml", "out/.keep", "in/.upload.csv"} {
		h.Lay(p, "x")
		if err := os.Chtimes(h.Disk(p), old, old); err != nil {
			t.Fatal(err)
		}
	}
	h.Lay("out/.orders_2.xml.ABCD.tmp", "being written")
	h.Watch(h.Watcher("a", never))
	filestest.Await(t, "the sweeping", func() bool { return h.Text("result/.p.csv.ABCD.tmp") == "" })
	filestest.Await(t, "the sweeping", func() bool { return h.Text("out/.orders_1.xml.ABCD.tmp") == "" })
	want(t, h.Files("."), "in/.upload.csv", "out/.keep", "out/.orders_2.xml.ABCD.tmp", "out/orders_1.xml")
}

// again asks for an exchange to be processed again, as the back-office does.
func again(h *filestest.House, name string) error {
	h.T.Helper()
	schema, err := h.Schema.With(watch.Resources()...)
	if err != nil {
		h.T.Fatal(err)
	}
	var others []command.Binding
	for _, c := range schema.Commands() {
		if c.On != "exchanges" {
			others = append(others, command.Binding{On: c.On, Name: c.Name, Run: func(context.Context, pgx.Tx, *command.Call) (string, error) { return "", nil }})
		}
	}
	runner, err := command.NewRunner(h.Pool, record.NewStore(func() *resource.Schema { return schema }), others, watch.Bindings())
	if err != nil {
		h.T.Fatal(err)
	}
	c, _ := schema.Command("exchanges", "processAgain")
	var id string
	h.Scan(&id, "SELECT id::text FROM exchange WHERE name = $1 ORDER BY id DESC LIMIT 1", name)
	caller := h.Caller
	caller.Actor = access.Actor{Kind: access.User, ID: h.Admin, Name: "admin@acme.test"}
	_, _, err = runner.Run(context.Background(), caller, c, resource.Ref{ID: id}, nil, "")
	return err
}

func TestProcessAgain(t *testing.T) {
	h := filestest.New(t)
	if err := h.Registry.Add(sap.New()); err != nil {
		t.Fatal(err)
	}
	h.Watch(h.Watcher("a", soon))
	materials := idocs(t)
	h.Lay("in/products_1.csv", "sku,name,unit\n1,Rod,FURLONG\n2,Bolt,PCE\n")
	h.Lay("in/matmas_1.xml", materials)
	h.AwaitEmpty()
	h.Lay("in/products_2.csv", "sku,name,unit\n1,Rod,FURLONG\n2,Bolt,PCE\n") // a duplicate
	h.AwaitEmpty()
	want(t, exchanges(h), "products_1.csv partlyDone 2/1/0/0/1 archive/products_1.csv", "matmas_1.xml refused 0/0/0/0/0 error/matmas_1.xml",
		"products_2.csv partlyDone 0/0/0/0/0 archive/products_2.csv as products_1.csv")

	// Somebody adds the alias and the channel, and has all three processed again.
	h.Insert("unit_alias", map[string]any{"alias": "FURLONG", "unit_id": h.Unit("MTR")})
	h.Insert("channel", map[string]any{"code": "sap", "name": "SAP", "kind": "sap", "partner_id": h.Partner.ID, "settings": map[string]string{"website": "acme"}})
	for _, name := range []string{"products_1.csv", "matmas_1.xml", "products_2.csv"} {
		if err := again(h, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := again(h, "matmas_1.xml"); err == nil && h.Count("SELECT count(*) FROM exchange WHERE status = 'received'") == 0 {
		t.Log("it was processed before it could be asked for twice")
	}
	filestest.Await(t, "the exchanges to be processed again", func() bool { return h.Count("SELECT count(*) FROM file_again") == 0 })
	h.AwaitEmpty()
	want(t, exchanges(h), "products_1.csv done 2/1/0/1/0 archive/products_1.csv", "matmas_1.xml done 2/2/0/0/0 archive/matmas_1.xml",
		"products_2.csv done 2/0/0/2/0 archive/products_2.csv")
	if n := h.Count("SELECT count(*) FROM exchange_error WHERE severity = 'error'"); n != 0 {
		t.Errorf("%d errors of the first time are left", n)
	}
	if n := h.Count("SELECT count(*) FROM change WHERE event = 'exchange.reopened' AND actor_name = 'admin@acme.test'"); n < 3 {
		t.Errorf("%d entries say who asked", n)
	}
	if got := h.Text("result/products_2.csv.result.csv"); got != "line,resource,key,outcome,reason\r\n" {
		t.Errorf("the first result was changed: %q", got)
	}
	later := 0
	for _, p := range h.Files("result") {
		if strings.Contains(p, ".result.20") {
			later++
		}
	}
	if later < 3 {
		t.Errorf("%d further results: %v", later, h.Files("result"))
	}
}

// idocs are materials as SAP sends them.
func idocs(t *testing.T) string {
	t.Helper()
	a, err := txtar.ParseFile("../../../../module/sap/mapping/matmas05/sample.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name == "input.xml" {
			return string(f.Data)
		}
	}
	t.Fatal("the sample has no input")
	return ""
}
