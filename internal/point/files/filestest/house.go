// Package filestest gives tests a small company with a partner whose files are taken in.
package filestest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/inventory"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/dispatch"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/module"
)

// House is a company with the partner SAP, who has the home "sap".
type House struct {
	*commercetest.House
	Data     string // folder of homes and content
	Homes    home.Folders
	Blobs    blob.Store
	Ledger   *exchange.Ledger
	Registry *module.Registry
	Intake   *intake.Service
	Partner  *intake.Partner
}

// Sources are all migrations that the house needs.
func Sources() []postgres.Source {
	return append(commercetest.Sources(), intake.Migrations(), watch.Migrations(),
		dispatch.Migrations(), sftp.Migrations())
}

// Settings are those of the partner where a test gives no others: the list and warehouse that every company starts with.
var Settings = exchange.PartnerSettings{PriceList: pricing.DefaultList, Currency: "EUR", Warehouse: inventory.MainWarehouse, Unit: "C62",
	DecimalMark: ".", DuplicateHours: 12}

// New makes a house. Each change is made to the partner's settings before he is added.
func New(t testing.TB, changes ...func(*exchange.PartnerSettings)) *House {
	t.Helper()
	h := &House{House: commercetest.NewWith(t, Sources(), access.Resources(), exchange.Resources()), Data: t.TempDir(), Registry: &module.Registry{}}
	settings := Settings
	for _, change := range changes {
		change(&settings)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	id := h.Insert("partner", map[string]any{"code": "SAP", "name": "SAP ERP", "settings": json.RawMessage(text)})
	h.Exec("INSERT INTO partner_login (login, organization_id, partner_id, home) VALUES ('sap', $1, $2, 'sap')", h.Organization, id)
	h.Homes = home.Folders{Dir: filepath.Join(h.Data, "sftp")}
	if h.Blobs, err = blob.OpenFolder(filepath.Join(h.Data, "blobs")); err != nil {
		t.Fatal(err)
	}
	h.Ledger = exchange.NewLedger(h.Pool)
	h.Intake = &intake.Service{DB: h.Pool, Store: h.Store, Ledger: h.Ledger, Node: "test", Log: slog.New(slog.DiscardHandler)}
	h.Reload()
	return h
}

// Reload reads the partner again, after a test changed what is stored of him.
func (h *House) Reload() {
	h.T.Helper()
	partners, err := intake.LoadPartners(context.Background(), h.Pool, h.Registry, "SAP")
	if err != nil || len(partners) != 1 {
		h.T.Fatalf("the partner: %d found, %v", len(partners), err)
	}
	h.Partner = partners[0]
}

// Content is a file in memory.
type Content struct {
	File  string
	Bytes []byte
}

// Name implements module.Content.
func (c Content) Name() string { return c.File }

// Open implements module.Content.
func (c Content) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.Bytes)), nil }

// Import processes a file as if the partner had sent it, and gives its exchange and what became of it.
func (h *House) Import(name, content string) (exchangeID string, out *intake.Outcome) {
	h.T.Helper()
	ctx := context.Background()
	info, err := h.Blobs.Put(ctx, bytes.NewReader([]byte(content)))
	if err != nil {
		h.T.Fatal(err)
	}
	receipt, err := h.Ledger.Receive(ctx, h.Partner.Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: h.Partner.ID, Name: name,
		Hash: info.Hash, Size: info.Size})
	if err != nil {
		h.T.Fatal(err)
	}
	out, err = h.Intake.Process(ctx, intake.File{Partner: h.Partner, Exchange: receipt.ID, Content: Content{name, []byte(content)}, Size: info.Size})
	if err != nil {
		h.T.Fatalf("%s: %v", name, err)
	}
	return receipt.ID, out
}

// Result is the result file of an exchange.
func (h *House) Result(exchangeID string, out *intake.Outcome) string {
	h.T.Helper()
	var b bytes.Buffer
	if err := h.Intake.Result(context.Background(), &b, h.Partner, exchangeID, out); err != nil {
		h.T.Fatal(err)
	}
	return b.String()
}

// Issues are what was wrong with an exchange, one line each: severity, line, key, class, code, count.
func (h *House) Issues(exchangeID string) (all []string) {
	h.T.Helper()
	h.Scan(&all, `SELECT coalesce(array_agg(format('%s %s %s %s %s x%s', severity, coalesce(line, 0), coalesce(key, '-'), class, code, count)
		ORDER BY coalesce(line, 0), code, key), '{}') FROM exchange_error WHERE exchange_id = $1`, exchangeID)
	return all
}

// Counts puts the rows of an outcome into one line.
func Counts(out *intake.Outcome) string {
	c := out.Counts
	return fmt.Sprintf("%s: %d read, %d created, %d updated, %d unchanged, %d failed", out.Status, c.Read, c.Created, c.Updated, c.Unchanged, c.Failed)
}

// Disk is where a file of the partner's home lies.
func (h *House) Disk(path string) string {
	return filepath.Join(h.Data, "sftp", "sap", filepath.FromSlash(path))
}

// Lay writes a file into the partner's home at once, as another program on the machine would.
func (h *House) Lay(path, content string) {
	h.T.Helper()
	if err := os.MkdirAll(filepath.Dir(h.Disk(path)), 0o750); err != nil {
		h.T.Fatal(err)
	}
	if err := os.WriteFile(h.Disk(path), []byte(content), 0o600); err != nil {
		h.T.Fatal(err)
	}
}
