package script_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/test/program"
)

// requests whose statements are explained: with a count, with literals that hold colons, with lists, as a buyer.
var requests = []string{
	"/api/admin/v1/products?page[size]=24&page[total]=true",
	"/api/admin/v1/products?filter[sku][in]=10248,10249&include=category,unit&sort=-updatedAt",
	"/api/admin/v1/exchanges?filter[status]=done",
	"/api/storefront/v1/products?page[size]=24",
	"/api/storefront/v1/orders?include=lines",
}

// TestExplainedStatements runs each script of explain under pgbench, and compares it with what the server sends.
func TestExplainedStatements(t *testing.T) {
	t.Parallel()
	d := program.Shared(t)
	programs, err := postgres.FindPrograms(context.Background(), 0)
	if err != nil {
		t.Skipf("skipped: %v", err)
	}
	bench := programs.Path("pgbench")
	if _, err := os.Stat(bench); err != nil {
		if bench, err = exec.LookPath("pgbench"); err != nil {
			t.Skip("skipped: pgbench is missing")
		}
	}
	logStatements(t, d)
	admin, buyer := program.Admin(t, d.Facts, d.HTTP), program.Buyer(t, d.Buyer.Email, d.Buyer.Password, d.HTTP)
	for _, path := range requests {
		t.Run(path, func(t *testing.T) {
			args := []string{"explain", "--data", d.Data, "GET", path}
			client := admin
			if strings.HasPrefix(path, "/api/storefront") {
				args, client = append(args, "--buyer", d.Buyer.Email), buyer
			}
			r := program.Run(t, program.Options{}, args...)
			if r.Code != 0 {
				t.Fatal(r.Stderr)
			}
			script := filepath.Join(t.TempDir(), "script.sql")
			if err := os.WriteFile(script, []byte(r.Stdout), 0o600); err != nil {
				t.Fatal(err)
			}
			pgbench(t, bench, script, r.Stdout, d.DatabaseURL)
			if !strings.Contains(r.Stdout, "-- Execution Time: ") {
				t.Errorf("there is no plan:\n%s", r.Stdout)
			}
			client.Must(t, http.MethodGet, path, nil)
			sent := logged(t, d)
			for _, statement := range statements(t, r.Stdout) {
				if !sent[statement] {
					t.Errorf("the server does not send\n%s", statement)
				}
			}
		})
	}
}

// pgbench runs a script by the command line that it holds itself.
func pgbench(t *testing.T, bench, script, text, url string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^-- pgbench (.*)$`).FindStringSubmatch(text)
	if line == nil {
		t.Fatalf("the script does not say how to run it:\n%s", text)
	}
	command := strings.NewReplacer("FILE", `"$1"`, "-T 10", "-t 3", "-c 8", "-c 2", "DATABASE_URL", `"$2"`).Replace(line[1])
	out, err := exec.Command("sh", "-c", bench+" "+command, "sh", script, url).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "actually processed: 6/6") || !strings.Contains(string(out), "failed transactions: 0 ") {
		t.Errorf("pgbench %s: %v\n%s", command, err, out)
	}
}

// statements are those of a script as they were before they became one.
func statements(t *testing.T, text string) (all []string) {
	t.Helper()
	_, text, _ = strings.Cut(text, "\\startpipeline\n")
	text, _, ok := strings.Cut(text, "\\endpipeline\n")
	if !ok {
		t.Fatal("the script has no pipeline")
	}
	text = regexp.MustCompile(`U&('[^']*')`).ReplaceAllString(text, "$1")
	for _, s := range strings.Split(strings.ReplaceAll(text, `\003A`, ":"), ";\n") {
		if s != "" {
			all = append(all, shape(s))
		}
	}
	return all
}

var (
	parameters = regexp.MustCompile(`\$\d+|([^:]):v\d+|''`)
	spaces     = regexp.MustCompile(`\s+`)
)

// shape is a statement without what differs between a script and a log: names of parameters, and spaces.
func shape(sql string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(strings.ReplaceAll(parameters.ReplaceAllString(sql, "${1}?"), "? ::", "?::"), " "))
}

func logStatements(t *testing.T, d *program.Demo) {
	t.Helper()
	set := func(sql string) {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, d.DatabaseURL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		for _, s := range []string{sql, "SELECT pg_reload_conf()"} {
			if _, err := conn.Exec(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("ALTER SYSTEM SET log_statement = 'all'")
	t.Cleanup(func() { set("ALTER SYSTEM RESET log_statement") })
}

// logged are the prepared statements that the database's log tells of.
func logged(t *testing.T, d *program.Demo) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.Data, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	all, statement := map[string]bool{}, ""
	for _, line := range strings.Split(string(content), "\n") {
		if strings.HasPrefix(line, "\t") {
			statement += "\n" + line
			continue
		}
		all[shape(statement)] = true
		if _, statement, _ = strings.Cut(line, "execute stmtcache_"); statement != "" {
			_, statement, _ = strings.Cut(statement, ": ")
		}
	}
	return all
}
