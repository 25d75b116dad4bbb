package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// area makes a source of files given as name, statement, name, statement …
func area(name string, files ...string) postgres.Source {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + files[i+1] + "\n")}
	}
	return postgres.Source{Area: name, FS: fsys}
}

// emptyPool is a pool of a database without any table.
func emptyPool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, postgrestest.Empty(t))
}

func open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(context.Background(), url, postgres.PoolOptions{MaxConns: 4, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func migrate(pool *pgxpool.Pool, sources ...postgres.Source) error {
	return postgres.Migrate(context.Background(), pool, slog.New(slog.DiscardHandler), sources...)
}

// value reads one text.
func value(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) string {
	t.Helper()
	var v string
	must(t, pool.QueryRow(context.Background(), sql, args...).Scan(&v))
	return v
}

func TestMigrateMergesAreasByTime(t *testing.T) {
	t.Parallel()
	pool := emptyPool(t)
	pricing := area("pricing",
		"20261201T1200_price.sql", "create table price (product text references product (sku));",
		"20261203T0900_per.sql", "alter table price add column per int;")
	catalog := area("catalog", "20261201T1100_product.sql", "create table product (sku text primary key);")

	pending, err := postgres.Pending(context.Background(), pool, pricing, catalog)
	must(t, err)
	var names []string
	for _, m := range pending {
		if m.Area != "river" {
			names = append(names, m.String())
		}
	}
	want := "postgres/migrations/20261124T1000_lease.sql catalog/migrations/20261201T1100_product.sql pricing/migrations/20261201T1200_price.sql pricing/migrations/20261203T0900_per.sql"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("pending: %s\nwant:    %s", got, want)
	}
	must(t, migrate(pool, pricing, catalog))

	// Another area arrives later with an older file.
	inventory := area("inventory", "20261202T0800_stock.sql", "create table stock (product text references product (sku));")
	must(t, migrate(pool, pricing, catalog, inventory))
	must(t, migrate(pool, pricing, catalog, inventory))
	pending, err = postgres.Pending(context.Background(), pool, pricing, catalog, inventory)
	must(t, err)
	if len(pending) != 0 {
		t.Errorf("still pending: %v", pending)
	}
	if got := value(t, pool, "select string_agg(version_id::text, ' ' order by version_id) from goose_db_version where version_id > 0"); got != "202611241000 202612011100 202612011200 202612020800 202612030900" {
		t.Errorf("history: %s", got)
	}
}

func TestMigrateRefusesBadNames(t *testing.T) {
	t.Parallel()
	pool := emptyPool(t)
	for name, test := range map[string]struct {
		sources []postgres.Source
		want    []string
	}{
		"same time": {
			[]postgres.Source{area("pricing", "20261201T1200_price.sql", "select 1;"), area("catalog", "20261201T1200_product.sql", "select 1;")},
			[]string{"pricing/migrations/20261201T1200_price.sql", "catalog/migrations/20261201T1200_product.sql", "another minute"},
		},
		"no time":  {[]postgres.Source{area("pricing", "price.sql", "select 1;")}, []string{"pricing/migrations/price.sql", "20261124T1200_price.sql"}},
		"no T":     {[]postgres.Source{area("pricing", "202612011200_price.sql", "select 1;")}, []string{"pricing/migrations/202612011200_price.sql"}},
		"no month": {[]postgres.Source{area("pricing", "20261301T1200_price.sql", "select 1;")}, []string{"pricing/migrations/20261301T1200_price.sql"}},
	} {
		err := migrate(pool, test.sources...)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not name %s", name, err, want)
			}
		}
	}
}

func TestMigrateNamesTheFailedFile(t *testing.T) {
	t.Parallel()
	pool := emptyPool(t)
	catalog := area("catalog", "20261201T1100_product.sql", "create table product (sku text primary key);")
	broken := area("pricing", "20261201T1200_price.sql", "create table price (a int); create table prise (b nosuchtype);")
	err := migrate(pool, broken, catalog)
	if err == nil || !strings.Contains(err.Error(), "pricing/migrations/20261201T1200_price.sql") || !strings.Contains(err.Error(), "nosuchtype") {
		t.Errorf("got %v", err)
	}
	if got := value(t, pool, "select (to_regclass('product') is not null)::text || (to_regclass('price') is null)"); got != "truetrue" {
		t.Errorf("the earlier migration must stay, the failed one must leave nothing: %s", got)
	}
	must(t, migrate(pool, catalog, area("pricing", "20261201T1200_price.sql", "create table price (a int);")))
}

func TestMigrateOnNodesAtOnce(t *testing.T) {
	t.Parallel()
	url := postgrestest.Empty(t)
	var nodes errgroup.Group
	for range 3 {
		pool := open(t, url)
		nodes.Go(func() error {
			return migrate(pool, area("catalog", "20261201T1100_product.sql", "create table product (sku text primary key); select pg_sleep(0.1);"))
		})
	}
	must(t, nodes.Wait())
}

func TestMigrateGivesWayToRequests(t *testing.T) {
	t.Parallel()
	pool := emptyPool(t)
	catalog := area("catalog", "20261201T1100_product.sql", "create table product (sku text primary key);")
	must(t, migrate(pool, catalog))
	long, err := pool.Begin(context.Background())
	must(t, err)
	_, err = long.Exec(context.Background(), "select * from product")
	must(t, err)

	waits := make(chan string, 10)
	done := make(chan error, 1)
	go func() {
		done <- postgres.Migrate(context.Background(), pool, slog.New(messages{waits}), catalog,
			area("pricing", "20261201T1200_price.sql", "alter table product add column price int;"))
	}()
	var said []string
	for len(said) == 0 || !strings.Contains(said[len(said)-1], "gives way") {
		select {
		case s := <-waits:
			said = append(said, s)
		case err := <-done:
			t.Fatalf("the migration ended with %v", err)
		case <-time.After(30 * time.Second):
			t.Fatalf("the migration neither gave way nor ended; it said %q", said)
		}
	}
	// In the pause between two attempts a new request must not have to queue.
	_, err = pool.Exec(context.Background(), "select * from product")
	must(t, err)
	must(t, long.Commit(context.Background()))
	must(t, <-done)
	value(t, pool, "select count(price)::text from product")
}

// messages is a log handler that passes the texts on.
type messages struct{ to chan<- string }

func (m messages) Enabled(context.Context, slog.Level) bool { return true }
func (m messages) Handle(_ context.Context, r slog.Record) error {
	select {
	case m.to <- r.Message:
	default:
	}
	return nil
}
func (m messages) WithAttrs([]slog.Attr) slog.Handler { return m }
func (m messages) WithGroup(string) slog.Handler      { return m }

func TestMigrateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	pool := emptyPool(t)
	holder, err := pool.Acquire(context.Background())
	must(t, err)
	defer holder.Release()
	_, err = holder.Exec(context.Background(), "select pg_advisory_lock($1)", int64(0x68616e7365))
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err = postgres.Migrate(ctx, pool, slog.New(slog.DiscardHandler))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestPoolKnowsDecimals(t *testing.T) {
	t.Parallel()
	pool := postgrestest.Pool(t)
	rows, err := pool.Query(context.Background(), "select 1.10::numeric")
	must(t, err)
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[any])
	must(t, err)
	if s, ok := got.(interface{ StringFixed(int32) string }); !ok || s.StringFixed(2) != "1.10" {
		t.Errorf("got %T %v", got, got)
	}
	if got := value(t, pool, "select current_setting('application_name')"); got != "hanse" {
		t.Errorf("application_name %s", got)
	}
}

func TestOpenHidesThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://hanse:geheim@127.0.0.1:1/hanse?sslmode=disable",
		"postgres://hanse:geheim@127.0.0.1:notaport/hanse",
		"postgres://hanse:geheim@127.0.0.1:1/hanse?pool_max_conns=x",
	} {
		_, err := postgres.Open(context.Background(), url, postgres.PoolOptions{})
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
}

func TestMigrateSetsDefaultsOfTheDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := postgrestest.Empty(t)
	pool := open(t, url)
	_, err := pool.Exec(ctx, `do $$ begin
		execute format('alter database %I set jit = on', current_database());
		execute format('alter database %I set client_connection_check_interval = 0', current_database());
	end $$`)
	must(t, err)
	for range 2 {
		must(t, migrate(open(t, url)))
	}
	must(t, migrate(open(t, postgrestest.Empty(t))))
	if got := value(t, open(t, url), "select current_setting('jit') || ' ' || current_setting('client_connection_check_interval')"); got != "on 0" {
		t.Errorf("an administrator's setting was changed: %s", got)
	}
	_, err = pool.Exec(ctx, "do $$ begin execute format('alter database %I reset all', current_database()); end $$")
	must(t, err)
	_, err = pool.Exec(ctx, "do $$ begin execute format('alter role hanse in database %I set jit = on', current_database()); end $$")
	must(t, err)
	must(t, migrate(open(t, url)))
	if got := value(t, pool, `select array_to_string(setconfig, ' ') from pg_db_role_setting r join pg_database d on d.oid = setdatabase
		where datname = current_database() and setrole = 0`); got != "jit=off" {
		t.Errorf("settings of the database: %s", got)
	}
}
