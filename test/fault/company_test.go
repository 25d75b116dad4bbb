// Package fault_test breaks things under the real program, nodes, database and connections, and looks whether anything is
// lost or done twice.
package fault_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

func TestMain(m *testing.M) {
	program.Main()
	os.Exit(program.Tests(m))
}

// company is the sample company: a database and the data folder that its nodes share.
type company struct {
	program.Facts
	data string
	db   *pgx.Conn
}

// template is the company that the others are copies of; it is loaded once.
var template struct {
	sync.Mutex
	facts  program.Facts
	data   string
	loaded bool
}

// found gives the test a company of its own at which nothing runs yet.
func found(t *testing.T) *company {
	t.Helper()
	ctx := context.Background()
	template.Lock()
	defer template.Unlock()
	server, err := pgx.Connect(ctx, onDatabase(t, postgrestest.Empty(t), "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close(ctx) }()
	if !template.loaded {
		load(t, server)
	}
	name := fmt.Sprintf("company_%d", next())
	run(t, server, "CREATE DATABASE "+name+" TEMPLATE company")
	data := filepath.Join(program.Folder(t), "data")
	if out, err := exec.Command("cp", "-a", template.data, data).CombinedOutput(); err != nil { // with modes and times
		t.Fatalf("%v: %s", err, out)
	}
	c := &company{Facts: template.facts, data: data}
	c.DatabaseURL = onDatabase(t, server.Config().ConnString(), name)
	c.Partner.Home = filepath.Join(data, "sftp", c.Partner.User)
	c.Partner.PrivateKeyFile = filepath.Join(data, filepath.Base(c.Partner.PrivateKeyFile))
	if c.db, err = pgx.Connect(ctx, c.DatabaseURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.db.Close(ctx)
		server, err := pgx.Connect(ctx, onDatabase(t, c.DatabaseURL, "postgres"))
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = server.Close(ctx) }()
		run(t, server, "DROP DATABASE "+name+" WITH (FORCE)")
	})
	return c
}

// load has a demo make the company.
func load(t *testing.T, server *pgx.Conn) {
	t.Helper()
	run(t, server, "CREATE DATABASE company")
	dir, err := program.Keep()
	if err != nil {
		t.Fatal(err)
	}
	template.data = filepath.Join(dir, "data")
	d := program.StartDemo(t, program.Options{}, template.data, "--no-simulators", "--database", onDatabase(t, server.Config().ConnString(), "company"))
	d.Stop(t)
	template.facts, template.loaded = d.Facts, true
}

func onDatabase(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func run(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ask reads one value; the test's connection is made anew where it broke with the server.
func ask[V any](t *testing.T, c *company, sql string, args ...any) (value V) {
	t.Helper()
	if err := try(c, &value, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func try(c *company, into any, sql string, args ...any) (err error) {
	ctx := context.Background()
	for range 2 {
		if c.db.IsClosed() {
			if c.db, err = pgx.Connect(ctx, c.DatabaseURL); err != nil {
				return err
			}
		}
		if err = c.db.QueryRow(ctx, sql, args...).Scan(into); !c.db.IsClosed() {
			break
		}
	}
	return err
}

// counted expects a number of rows.
func counted(t *testing.T, c *company, want int, what, sql string, args ...any) {
	t.Helper()
	if n := ask[int](t, c, sql, args...); n != want {
		t.Errorf("%d %s, expected %d", n, what, want)
	}
}
