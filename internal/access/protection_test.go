package access_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

const (
	orgA  = "0190a000-0000-7000-8000-00000000000a"
	orgB  = "0190a000-0000-7000-8000-00000000000b"
	alice = "0190a000-0000-7000-8000-0000000000a1" // customers of organization A
	bob   = "0190a000-0000-7000-8000-0000000000b1"
)

// shop is a protected table with protected children, as the order area has them.
var shop = postgres.Source{Area: "shop", FS: fstest.MapFS{"20261124T2000_shop.sql": {Data: []byte(`-- +goose Up
create table purchase (id uuid primary key, organization_id uuid not null, customer_id uuid not null, note text);
create table purchase_line (id uuid primary key, organization_id uuid not null, purchase_id uuid references purchase,
  customer_id uuid, note text);
create table employee (id uuid primary key, organization_id uuid not null);
create index on purchase (customer_id);
select hanse_protect('purchase'), hanse_protect('purchase_line'), hanse_protect('employee'),
  hanse_inherit_customer('purchase_line', 'purchase', 'purchase_id');
`)}}}

func shopPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := postgrestest.Pool(t, access.Migrations(), shop)
	_, err := pool.Exec(context.Background(), `
		insert into purchase select gen_random_uuid(), o::uuid, c::uuid, 'seed' from (values ($1, $3), ($1, $4), ($2, $3)) v(o, c);
		`, pgx.QueryExecModeExec, orgA, orgB, alice, bob)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(context.Background(), `insert into purchase_line (id, organization_id, purchase_id)
		select gen_random_uuid(), organization_id, id from purchase`)
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func buyer(customers ...string) access.Caller {
	return access.Caller{Side: access.Storefront, Organization: orgA, Customers: customers}
}

// as runs f on behalf of a caller and takes all back.
func as(t *testing.T, pool *pgxpool.Pool, c access.Caller, f func(pgx.Tx)) {
	t.Helper()
	ctx := context.Background()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if err := access.Enter(ctx, tx, c); err != nil {
		t.Fatal(err)
	}
	f(tx)
}

func count(t *testing.T, tx pgx.Tx, sql string, args ...any) (n int) {
	t.Helper()
	if err := tx.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func TestRowsOfOthersDoNotExist(t *testing.T) {
	pool := shopPool(t)
	cases := []struct {
		name   string
		caller access.Caller
		want   int
	}{
		{"buyer sees his own", buyer(alice), 1},
		{"buyer sees his subtree", buyer(alice, bob), 2},
		{"buyer without a customer sees nothing", buyer(), 0},
		{"staff sees the organization", access.SystemCaller(orgA, "test"), 2},
		{"the other organization sees its own", access.SystemCaller(orgB, "test"), 1},
		{"no organization sees nothing", access.Caller{}, 0},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			as(t, pool, c.caller, func(tx pgx.Tx) {
				if n := count(t, tx, "select count(*) from purchase"); n != c.want {
					t.Errorf("purchases: %d, want %d", n, c.want)
				}
				if n := count(t, tx, "select count(*) from purchase_line"); n != c.want {
					t.Errorf("lines: %d, want %d", n, c.want)
				}
			})
		})
	}
}

func TestNothingIsSetNothingIsSeen(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, "set local role hanse_request"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, tx, "select count(*) from purchase"); n != 0 {
		t.Errorf("a transaction that told nobody's name sees %d rows", n)
	}
}

// A buyer who finds a hole in the compiler still meets the wall: neither write nor read reaches another's row.
func TestBuyerCannotTouchOthers(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	var bobs string
	if err := pool.QueryRow(ctx, "select id from purchase where customer_id = $1", bob).Scan(&bobs); err != nil {
		t.Fatal(err)
	}
	as(t, pool, buyer(alice), func(tx pgx.Tx) {
		for _, sql := range []string{"update purchase set note = 'mine' where id = $1", "delete from purchase where id = $1",
			"update purchase_line set note = 'mine' where purchase_id = $1"} {
			tag, err := tx.Exec(ctx, sql, bobs)
			if err != nil || tag.RowsAffected() != 0 {
				t.Errorf("%s: %v, %v", sql, tag, err)
			}
		}
	})
	refused := []struct{ code, sql string }{
		{"42501", "insert into purchase values (gen_random_uuid(), '" + orgA + "', '" + bob + "', 'planted')"},
		{"42501", "insert into purchase values (gen_random_uuid(), '" + orgB + "', '" + alice + "', 'planted')"},
		{"42501", "update purchase set customer_id = '" + bob + "'"},
		{"23503", "insert into purchase_line values (gen_random_uuid(), '" + orgA + "', '" + bobs + "', '" + alice + "')"},
		{"42501", "alter table purchase disable row level security"},
	}
	for _, r := range refused {
		as(t, pool, buyer(alice), func(tx pgx.Tx) {
			_, err := tx.Exec(ctx, r.sql)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != r.code {
				t.Errorf("%s: got %v, want code %s", r.sql, err, r.code)
			}
		})
	}
}

func TestChildFollowsItsParent(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	as(t, pool, access.SystemCaller(orgA, "test"), func(tx pgx.Tx) {
		if _, err := tx.Exec(ctx, "update purchase set customer_id = $1", bob); err != nil {
			t.Fatal(err)
		}
		if n := count(t, tx, "select count(*) from purchase_line where customer_id = $1", bob); n != 2 {
			t.Errorf("%d lines followed, want 2", n)
		}
	})
}

// The pitfall that the role of requests is for: whoever owns a table or is a superuser passes its policies, and FORCE
// helps against the owner only.
func TestOwnerIsHeldAndSystemSaysSo(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"create role shop_owner nologin", "grant usage, create on schema public to shop_owner",
		"set role shop_owner",
		"create table owned (id uuid primary key, organization_id uuid not null)",
		"insert into owned values (gen_random_uuid(), '" + orgA + "')",
		"select hanse_protect('owned')", "reset role"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	conn.Release()
	t.Cleanup(func() { _, _ = pool.Exec(ctx, "drop owned by shop_owner; drop role shop_owner") })
	look := func(settings string) (n int) {
		tx, err := pool.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(ctx) }()
		if _, err := tx.Exec(ctx, "set local role shop_owner; "+settings); err != nil {
			t.Fatal(err)
		}
		return count(t, tx, "select count(*) from owned")
	}
	if n := look(""); n != 0 {
		t.Errorf("the owner sees %d rows unasked: FORCE is missing", n)
	}
	if n := look("set local hanse.side = 'system'"); n != 1 {
		t.Errorf("the platform's own work sees %d rows, want 1", n)
	}
	as(t, pool, buyer(alice), func(tx pgx.Tx) {
		if _, err := tx.Exec(ctx, "set local hanse.side = 'system'"); err != nil {
			t.Fatal(err)
		}
		if n := count(t, tx, "select count(*) from purchase"); n != 1 {
			t.Errorf("a request that calls itself the platform sees %d rows, want its own", n)
		}
	})
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if err := access.EnterSystem(ctx, tx); err != nil {
		t.Fatal(err)
	}
	if n := count(t, tx, "select count(*) from purchase"); n != 3 {
		t.Errorf("the platform sees %d purchases, want 3", n)
	}
}

func TestPolicyKeepsIndexes(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	if _, err := pool.Exec(ctx, `insert into purchase select gen_random_uuid(), $1, gen_random_uuid(), i::text
		from generate_series(1, 5000) i`, orgA); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(ctx, "analyze purchase"); err != nil {
		t.Fatal(err)
	}
	as(t, pool, buyer(alice), func(tx pgx.Tx) {
		for sql, index := range map[string]string{
			"select * from purchase where id = '" + alice + "'":          "purchase_pkey",
			"select * from purchase where customer_id = '" + alice + "'": "purchase_customer_id_idx",
		} {
			rows, err := tx.Query(ctx, "explain "+sql)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "\n"); !strings.Contains(text, index) {
				t.Errorf("%s does not use %s:\n%s", sql, index, text)
			}
		}
	})
}

func TestQueueSetsTheCallerOfABatch(t *testing.T) {
	pool := shopPool(t)
	ctx := context.Background()
	b := &pgx.Batch{}
	access.Queue(b, buyer(alice))
	b.Queue("select current_user::text, count(*) from purchase")
	results := pool.SendBatch(ctx, b)
	if _, err := results.Exec(); err != nil {
		t.Fatal(err)
	}
	var role string
	var n int
	if err := results.QueryRow().Scan(&role, &n); err != nil {
		t.Fatal(err)
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if role != postgres.RequestRole || n != 1 {
		t.Errorf("ran as %s and saw %d purchases", role, n)
	}
	// The pooled connection carries nothing over.
	if err := pool.QueryRow(ctx, "select current_user::text, count(*) from purchase").Scan(&role, &n); err != nil {
		t.Fatal(err)
	}
	if role == postgres.RequestRole {
		t.Error("the role of a request stayed on its connection")
	}
}
