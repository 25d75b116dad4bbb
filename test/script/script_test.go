// Package script_test plays what administrators, buyers, partners and attackers do at a command line: each script of
// testdata is a terminal session with the real program.
package script_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hanse-commerce/hanse"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

type tests struct{ *testing.M }

func (t tests) Run() int { return program.Tests(t.M) }

func TestMain(m *testing.M) {
	program.Main()
	testscript.Main(tests{m}, map[string]func(){"hanse": func() { os.Exit(hanse.Main()) }})
}

// key finds the test of a script.
type key struct{}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			inner, ok := e.T().(testing.TB)
			if !ok {
				return errors.New("scripts run under go test only")
			}
			e.Values[key{}] = inner
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "database": database, "demo": demo, "exits": exits, "port": port, "sql": sql,
		},
		RequireExplicitExec: true,
	})
}

// database NAME sets the variable to the URL of a new, empty database.
func database(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: database NAME")
	}
	ts.Setenv(args[0], postgrestest.Empty(ts.Value(key{}).(testing.TB)))
}

// port NAME sets the variable to an address of this machine at which nothing listens.
func port(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// demo sets variables to what the shared demo's demo.json says.
func demo(ts *testscript.TestScript, _ bool, _ []string) {
	d := program.Shared(ts.Value(key{}).(testing.TB))
	host, port, err := net.SplitHostPort(d.SFTP)
	ts.Check(err)
	for name, value := range map[string]string{
		"DATA": d.Data, "DEMO": d.HTTP, "HTTP": d.HTTP[len("http://"):], "SFTP": d.SFTP, "SFTP_HOST": host, "SFTP_PORT": port,
		"PARTNER": d.Partner.User, "PARTNER_KEY": d.Partner.PrivateKeyFile, "PARTNER_HOME": d.Partner.Home, "PARTNER_PASSWORD": d.Partner.Password,
		"BUYER": d.Buyer.Email, "BUYER_PASSWORD": d.Buyer.Password, "ADMIN": d.Admin.Email, "ADMIN_PASSWORD": d.Admin.Password,
		"ADMIN_URL": d.API.AdminURL, "SHOP_URL": d.API.StorefrontURL, "TOKEN_URL": d.API.TokenURL, "CLIENT_ID": d.API.ClientID,
		"CLIENT_SECRET": d.API.ClientSecret, "DATABASE": d.DatabaseURL,
	} {
		ts.Setenv(name, value)
	}
	var known string
	for _, line := range d.SFTPHostKeys {
		known += "[" + host + "]:" + port + " " + line + "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs("known_hosts"), []byte(known), 0o600))
}

// exits CODE PROGRAM ARGS... runs a program that must end with this very code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("it ends with code %d, not %d", got, want)
	}
}

// await STATUS URL waits until the URL answers so; await PATH until the file exists.
func await(ts *testscript.TestScript, _ bool, args []string) {
	look := func() error {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err
	}
	switch len(args) {
	case 1:
	case 2:
		look = func() error { return answers(args[0], args[1]) }
	default:
		ts.Fatalf("usage: await STATUS URL, or await PATH")
	}
	deadline := time.Now().Add(30 * time.Second)
	for err := look(); err != nil; err = look() {
		if time.Now().After(deadline) {
			ts.Fatalf("%v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func answers(status, url string) error {
	response, err := http.Get(url) // #nosec G107 -- of the test's own server
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if got := strconv.Itoa(response.StatusCode); got != status {
		return fmt.Errorf("%s answers %s, not %s", url, got, status)
	}
	return nil
}

// sql URL STATEMENT runs a statement and prints the values of its rows.
func sql(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sql URL STATEMENT")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, args[0])
	ts.Check(err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, args[1])
	ts.Check(err)
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		ts.Check(err)
		_, err = fmt.Fprintln(ts.Stdout(), values...)
		ts.Check(err)
	}
	ts.Check(rows.Err())
}
