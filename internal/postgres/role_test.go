package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

type exportArgs struct {
	Order string `json:"order"`
}

func (exportArgs) Kind() string { return "export" }

func TestRequestRoleSeesWhatItShould(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	catalog := area("catalog", "20261201T1100_product.sql", `
		create table product (id bigint generated always as identity, serial bigserial, sku text);
		create table ledger (line text);
		create table key (secret text);
		revoke update, delete on ledger from hanse_request;`)
	catalog.Private = []string{"key"}
	pool := postgrestest.Pool(t, catalog)
	must(t, migrate(pool, catalog)) // a second time changes nothing
	must(t, postgres.CheckRole(ctx, pool))

	for sql, allowed := range map[string]bool{
		"insert into product (sku) values ('R9')":        true,
		"update product set sku = 'R10'":                 true,
		"delete from product":                            true,
		"select * from product":                          true,
		"insert into ledger values ('x')":                true,
		"update ledger set line = 'y'":                   false,
		"delete from ledger":                             false,
		"select * from key":                              false,
		"insert into key values ('x')":                   false,
		"select * from goose_db_version":                 false,
		"select * from river_migration":                  false,
		"select * from river_leader":                     false,
		"delete from river_job":                          false,
		"select token from lease for key share":          true,
		"create table mine (a int)":                      false,
		"alter table product add column a int":           false,
		"create policy p on product using (true)":        false,
		"alter table product disable row level security": false,
	} {
		err := asRequest(ctx, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, sql)
			return err
		})
		var pg *pgconn.PgError
		refused := errors.As(err, &pg) && pg.Code == "42501"
		if allowed && err != nil || !allowed && !refused {
			t.Errorf("%s: allowed is to be %v: %v", sql, allowed, err)
		}
	}
}

func TestRequestRoleInsertsJobs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := postgrestest.Pool(t)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	err = asRequest(ctx, pool, func(tx pgx.Tx) error {
		_, err := client.InsertTx(ctx, tx, exportArgs{"100"}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}})
		if err == nil {
			_, err = client.InsertManyTx(ctx, tx, []river.InsertManyParams{{Args: exportArgs{"101"}}, {Args: exportArgs{"102"}}})
		}
		return err
	})
	must(t, err)
	if got := value(t, pool, "select count(*)::text from river_job"); got != "3" {
		t.Errorf("%s jobs", got)
	}
}

func asRequest(ctx context.Context, db interface {
	Begin(context.Context) (pgx.Tx, error)
}, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select set_config('role', $1, true)", postgres.RequestRole); err != nil {
			return err
		}
		return fn(tx)
	})
}

func TestMigrateWithoutRightToTheRole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	owner := postgrestest.Pool(t) // sees to it that the role exists on the server
	name := value(t, owner, "select 'plain_' || current_database()")
	_, err := owner.Exec(ctx, "create role "+name+" login password 'plain'")
	must(t, err)
	url := postgrestest.Empty(t)
	superuser := open(t, url)
	_, err = superuser.Exec(ctx, "alter schema public owner to "+name)
	must(t, err)
	t.Cleanup(func() {
		_, err := superuser.Exec(ctx, "drop owned by "+name+" cascade; drop role "+name)
		must(t, err)
	})

	config := superuser.Config().ConnConfig
	plain := open(t, "postgres://"+name+":plain@"+config.Host+":"+portOf(config)+"/"+config.Database+"?sslmode=disable")
	said := make(chan string, 100)
	must(t, postgres.Migrate(ctx, plain, slog.New(messages{said}), area("catalog", "20261201T1100_product.sql", "create table product (sku text);")))
	plain.Close()
	close(said)
	warned := false
	for s := range said {
		warned = warned || strings.Contains(s, postgres.RequestRole)
	}
	if !warned {
		t.Error("the missing right was not logged")
	}
}

func TestCheckRoleExplains(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	owner := postgrestest.Pool(t)
	name := value(t, owner, "select 'plain_' || current_database()")
	_, err := owner.Exec(ctx, "create role "+name+" login password 'plain'")
	must(t, err)
	config := owner.Config().ConnConfig
	plain := open(t, "postgres://"+name+":plain@"+config.Host+":"+portOf(config)+"/"+config.Database+"?sslmode=disable")
	err = postgres.CheckRole(ctx, plain)
	var refused *postgres.RoleError
	if !errors.As(err, &refused) || !strings.Contains(refused.Advice(), "grant hanse_request") {
		t.Errorf("got %v", err)
	}
	plain.Close()
	_, err = owner.Exec(ctx, "drop role "+name)
	must(t, err)
}

func portOf(config *pgx.ConnConfig) string { return strconv.Itoa(int(config.Port)) }
