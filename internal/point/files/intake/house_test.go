package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// house is an organization "acme" with the partner SAP, whose files are processed without a folder around them.
type house struct {
	*testing.T
	pool         *pgxpool.Pool
	service      *intake.Service
	organization string
	registry     *module.Registry
}

func newHouse(t *testing.T, modules ...module.Module) *house {
	t.Helper()
	sources := append([]postgres.Source{access.Migrations(), record.Migrations(), change.Migrations(), exchange.Migrations()}, commerce.Sources()...)
	pool := postgrestest.Pool(t, append(sources, intake.Migrations())...)
	schema, err := resource.NewSchema(append(commerce.Resources(), access.Resources(), exchange.Resources())...)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, pool: pool, registry: &module.Registry{}, service: &intake.Service{DB: pool, Ledger: exchange.NewLedger(pool), Node: "test",
		Store: record.NewStore(func() *resource.Schema { return schema })}}
	for _, m := range modules {
		if err := h.registry.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	h.tx(func(tx pgx.Tx) error {
		founded, err := commerce.Found(t.Context(), tx, organization.Founding{Code: "acme", AdminEmail: "admin@acme.test"})
		h.organization = founded.Organization
		return err
	})
	h.exec(`INSERT INTO partner (id, organization_id, code, name, settings) VALUES (gen_random_uuid(), $1, 'SAP', 'SAP', '{}')`, h.organization)
	return h
}

// channel configures a module for the partner.
func (h *house) channel(kind string, settings map[string]any) {
	h.Helper()
	text, err := json.Marshal(settings)
	if err != nil {
		h.Fatal(err)
	}
	h.exec(`INSERT INTO channel (id, organization_id, code, name, kind, settings, partner_id)
		SELECT gen_random_uuid(), $1, $2, $2, $2, $3, id FROM partner WHERE organization_id = $1`, h.organization, kind, text)
}

func (h *house) tx(f func(tx pgx.Tx) error) {
	h.Helper()
	err := pgx.BeginFunc(context.Background(), h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(context.Background(), tx); err != nil {
			return err
		}
		return f(tx)
	})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) exec(sql string, args ...any) {
	h.Helper()
	h.tx(func(tx pgx.Tx) error {
		_, err := tx.Exec(context.Background(), sql, args...)
		return err
	})
}

// rows gives a query's rows as text, columns joined by a blank, null as "-".
func (h *house) rows(sql string, args ...any) []string {
	h.Helper()
	all := []string{}
	h.tx(func(tx pgx.Tx) error {
		rows, err := tx.Query(context.Background(), sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				return err
			}
			cells := make([]string, len(values))
			for i, v := range values {
				if cells[i] = fmt.Sprint(v); v == nil {
					cells[i] = "-"
				}
			}
			all = append(all, strings.Join(cells, " "))
		}
		return rows.Err()
	})
	return all
}

// file is a file in memory.
type file struct{ name, content string }

func (f file) Name() string                 { return f.name }
func (f file) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f.content)), nil }

// processed is what became of a file.
type processed struct {
	*intake.Outcome
	lines  string // of the result file
	issues []string
}

// counts are "read created updated unchanged failed".
func (p processed) counts() string {
	c := p.Counts
	return fmt.Sprint(c.Read, " ", c.Created, " ", c.Updated, " ", c.Unchanged, " ", c.Failed)
}

func (h *house) process(name, content string) processed {
	h.Helper()
	ctx := context.Background()
	partners, err := intake.LoadPartners(ctx, h.pool, h.registry, "SAP")
	if err != nil || len(partners) != 1 {
		h.Fatal(partners, err)
	}
	sum := sha256.Sum256([]byte(content))
	receipt, err := h.service.Ledger.Receive(ctx, partners[0].Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: partners[0].ID,
		Name: name, Path: uuid.NewString(), Hash: hex.EncodeToString(sum[:]), Size: int64(len(content))})
	if err != nil {
		h.Fatal(err)
	}
	out, err := h.service.Process(ctx, intake.File{Partner: partners[0], Exchange: receipt.ID, Content: file{name, content}, Size: int64(len(content))})
	if err != nil {
		h.Fatal(err)
	}
	var lines bytes.Buffer
	if err := h.service.Result(ctx, &lines, partners[0], receipt.ID, out); err != nil {
		h.Fatal(err)
	}
	return processed{out, lines.String(), h.rows("SELECT severity, code, detail, count FROM exchange_error WHERE exchange_id = $1 ORDER BY line, id", receipt.ID)}
}
