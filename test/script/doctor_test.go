package script_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

// finds expects a line of the doctor's table.
func finds(t *testing.T, r program.Result, code int, line string) {
	t.Helper()
	if r.Code != code || !regexp.MustCompile(`(?m)^`+line).MatchString(r.Stdout) {
		t.Errorf("the doctor ends with code %d and finds no %q:\n%s%s", r.Code, line, r.Stdout, r.Stderr)
	}
}

func TestDoctorOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: only root runs the program as somebody else")
	}
	d := program.Shared(t)
	const nobody = 65534
	o := program.Options{Path: program.Binary(t, program.Folder(t)), Dir: "/", User: nobody}
	r := program.Run(t, o, "doctor", "--data", d.Data)
	finds(t, r, 1, "data folder +fail +.*permission denied +make the folder writable for the user that runs Hanse")
	finds(t, r, 1, "database +fail +.*permission denied +run hanse doctor as the user that runs Hanse")
}

// A server that answers but is not ready, and a database user who may not change roles.
func TestDoctorOfAPoorServer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	address := postgrestest.Empty(t)
	data := program.Folder(t)
	if r := program.Run(t, program.Options{Env: []string{"HANSE_ADMIN_PASSWORD=correct horse battery"}}, "init", "--database", address, "--data", data,
		"--code", "acme", "--admin-email", "ada@acme.example"); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	role := fmt.Sprintf("poor_%d", os.Getpid())
	for _, sql := range []string{"CREATE ROLE " + role + " LOGIN PASSWORD 'poor'", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role,
		`INSERT INTO exchange (id, organization_id, direction, point, name, status) SELECT hanse_first_id(now()), id, 'in', 'files', 'x.csv', 'refused' FROM organization`} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(ctx, "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "poor")
	ill := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer ill.Close()
	at, err := url.Parse(ill.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := program.Run(t, program.Options{}, "doctor", "--database", u.String(), "--data", data, "--http", at.Host)
	finds(t, r, 1, "row-level security +warn +.*not a member.* +let an administrator run: create role hanse_request")
	finds(t, r, 1, "http +fail +/readyz answers 503 .* +look at the server's log")
	r = program.Run(t, program.Options{}, "doctor", "--database", address, "--data", data)
	finds(t, r, 0, "exchanges +warn +in 7 days 1 refused, 0 partly done, 0 waiting for over an hour +look at them in the back-office")
	wrong := *u
	wrong.User = url.UserPassword(role, "guess")
	r = program.Run(t, program.Options{}, "doctor", "--database", wrong.String(), "--data", data)
	finds(t, r, 1, "database +fail +.*are user and password right.* +start the server")
	if regexp.MustCompile("guess").MatchString(r.Stdout + r.Stderr) {
		t.Error("the password is shown")
	}
}
