package hanse_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/test/program"
)

// TestDemoLife leads one demo through what happens to it: first start, a rival, kill -9, a new start, Ctrl-C.
func TestDemoLife(t *testing.T) {
	t.Parallel()
	data := filepath.Join(program.Folder(t), "data")
	first := program.StartDemo(t, program.Options{}, data)
	t.Logf("first start: usable after %s", first.Ready.Round(time.Millisecond))
	toldWhatItDoes(t, first)
	promisedFacts(t, first)
	answering(t, first)

	rival := program.Run(t, program.Options{}, "demo", "--data", data)
	if rival.Code != 1 || !strings.Contains(rival.Stderr, "is in use by process "+fmt.Sprint(first.PID())) || !strings.Contains(rival.Stderr, "--data") {
		t.Errorf("a second demo in the same folder ends with code %d and says\n%s", rival.Code, rival.Stderr)
	}
	answering(t, first)

	products := ask[int](t, first, "SELECT count(*) FROM product")
	server := ask[string](t, first, "SELECT pg_postmaster_start_time()::text")
	first.Kill(t)
	second := program.StartDemo(t, program.Options{}, data)
	t.Logf("start after kill -9: usable after %s", second.Ready.Round(time.Millisecond))
	if again := ask[string](t, second, "SELECT pg_postmaster_start_time()::text"); again != server {
		t.Errorf("the database that was left running was not adopted: it started at %s, then at %s", server, again)
	}
	if again := ask[int](t, second, "SELECT count(*) FROM product"); again != products {
		t.Errorf("%d products after kill -9, %d before", again, products)
	}
	if second.Buyer != first.Buyer || second.Admin != first.Admin || second.API.ClientSecret != first.API.ClientSecret || second.Partner != first.Partner {
		t.Error("the logins changed with the start")
	}
	answering(t, second)
	stops(t, second)

	third := program.StartDemo(t, program.Options{}, data)
	t.Logf("second start: usable after %s", third.Ready.Round(time.Millisecond))
	if third.Ready > 20*time.Second { // 2 s are promised for a machine that has nothing else to do
		t.Errorf("the second start took %s", third.Ready)
	}
	answering(t, third)
	stops(t, third)
}

// stops interrupts a demo as a terminal does; its cluster goes with it.
func stops(t *testing.T, d *program.Demo) {
	t.Helper()
	d.Stop(t)
	if program.Listens(d.DatabaseURL) || program.Listens(d.HTTP) || program.Listens("ssh://"+d.SFTP) {
		t.Error("something still listens after Ctrl-C")
	}
	if _, err := os.Stat(filepath.Join(d.Data, "demo.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("demo.json still says that all answers: %v", err)
	}
}

// toldWhatItDoes checks that progress goes to stderr and the banner to stdout.
func toldWhatItDoes(t *testing.T, d *program.Demo) {
	t.Helper()
	for _, word := range []string{"Starting Hanse", "Setting up PostgreSQL", "database ready", "SAP drops its 9 morning files", "imported 9 of 9 files"} {
		if !strings.Contains(d.Stderr.String(), word) {
			t.Errorf("stderr does not tell of progress with %q:\n%s", word, d.Stderr.String())
		}
	}
	program.Eventually(t, func() error {
		for _, word := range []string{d.HTTP, d.Buyer.Email, d.Buyer.Password, d.HTTP + "/admin", d.Admin.Email, d.Admin.Password, d.SFTP,
			d.Partner.Password, d.API.AdminURL, "Try:", "sftp -P", "Ctrl-C"} {
			if !strings.Contains(d.Stdout.String(), word) {
				return fmt.Errorf("the banner does not name %q:\n%s", word, d.Stdout.String())
			}
		}
		return nil
	})
}

// promisedFacts checks demo.json, whose keys programs outside rely on.
func promisedFacts(t *testing.T, d *program.Demo) {
	t.Helper()
	path := filepath.Join(d.Data, "demo.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json has mode %v, expected 0600", info.Mode())
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(content, &tree); err != nil {
		t.Fatal(err)
	}
	leaves := map[string]string{}
	flatten(tree, "", leaves)
	for _, key := range []string{"http", "sftp", "sftp_host_keys", "partner.user", "partner.password", "partner.private_key_file", "partner.in",
		"partner.out", "partner.home", "buyer.email", "buyer.password", "admin.email", "admin.password", "api.admin_url", "api.storefront_url",
		"api.token_url", "api.client_id", "api.client_secret", "database_url"} {
		if leaves[key] == "" {
			t.Errorf("demo.json has no %s", key)
		}
	}
	for key, value := range leaves {
		if strings.HasPrefix(value, "http") && strings.HasSuffix(value, "/") {
			t.Errorf("%s ends in a slash: %s", key, value)
		}
	}
	for _, key := range []string{"partner.private_key_file", "partner.home"} {
		if !filepath.IsAbs(leaves[key]) {
			t.Errorf("%s is no absolute path: %s", key, leaves[key])
		}
		if _, err := os.Stat(leaves[key]); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if leaves["partner.in"] != "/in" || leaves["partner.out"] != "/out" {
		t.Errorf("in and out are %s and %s, expected paths of SFTP", leaves["partner.in"], leaves["partner.out"])
	}
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+$`).MatchString(leaves["http"]) || !regexp.MustCompile(`^127\.0\.0\.1:\d+$`).MatchString(leaves["sftp"]) {
		t.Errorf("http is %s and sftp %s", leaves["http"], leaves["sftp"])
	}
}

func flatten(tree map[string]any, above string, leaves map[string]string) {
	for key, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			flatten(v, above+key+".", leaves)
		case []any:
			for _, each := range v {
				leaves[above+key] += fmt.Sprint(each)
			}
		default:
			leaves[above+key] = fmt.Sprint(v)
		}
	}
}

// answering checks that the sample company is there at the moment at which demo.json was.
func answering(t *testing.T, d *program.Demo) {
	t.Helper()
	response, err := http.Get(d.HTTP + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("/readyz answers %s", response.Status)
	}
	conn, err := net.DialTimeout("tcp", d.SFTP, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if n := ask[int](t, d, "SELECT count(*) FROM product"); n < 77 {
		t.Errorf("there are %d products", n)
	}
	undone := "SELECT coalesce(string_agg(name || ' ' || status, ', '), '') FROM exchange WHERE direction = 'in' AND status <> 'done'"
	if names := ask[string](t, d, undone); names != "" {
		t.Errorf("not imported: %s", names)
	}
}

// ask reads one value from the demo's database.
func ask[T any](t *testing.T, d *program.Demo, sql string, args ...any) (value T) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// trigger acts once when a word appears in what a process writes.
type trigger struct {
	word string
	act  chan<- struct{}
	text string
}

func (g *trigger) Write(b []byte) (int, error) {
	if g.act != nil {
		if g.text += string(b); strings.Contains(g.text, g.word) {
			close(g.act)
			g.act = nil
		}
	}
	return len(b), nil
}

// reaches waits until the trigger has acted.
func reaches(t *testing.T, p *program.Process, far <-chan struct{}) {
	t.Helper()
	select {
	case <-far:
	case <-p.Ended():
		t.Fatalf("the demo ended\n%s", p.Stderr.String())
	case <-time.After(time.Minute):
		t.Fatalf("the demo does not come so far\n%s", p.Stderr.String())
	}
}

// A set-up that is cut off in its middle is gone on with by the next start, without a file or record twice.
func TestDemoGoesOnWithACutSetUp(t *testing.T) {
	t.Parallel()
	data := filepath.Join(program.Folder(t), "data")
	far := make(chan struct{})
	p := program.Start(t, program.Options{Echo: &trigger{word: "imported ", act: far}}, // how many at first depends on the machine
		append([]string{"demo", "--data", data, "--no-simulators"}, program.FreePorts()...)...)
	reaches(t, p, far)
	p.Kill(t)
	d := program.StartDemo(t, program.Options{}, data, "--no-simulators")
	answering(t, d)
	if n := ask[int](t, d, "SELECT count(*) FROM exchange WHERE direction = 'in'"); n != 9 {
		t.Errorf("%d files came in, expected 9", n)
	}
	if n := ask[int](t, d, "SELECT count(*) FROM customer"); n != 91 {
		t.Errorf("there are %d customers, expected 91", n)
	}
	entries, err := os.ReadDir(filepath.Join(d.Partner.Home, "archive"))
	if err != nil || len(entries) != 9 {
		t.Errorf("archive/ holds %d files, expected 9 (%v)", len(entries), err)
	}
}

// A demo whose database is killed ends and says so; the next start recovers.
func TestDemoEndsWithItsDatabase(t *testing.T) {
	t.Parallel()
	data := filepath.Join(program.Folder(t), "data")
	d := program.StartDemo(t, program.Options{}, data, "--no-simulators")
	content, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := d.Wait(t); code != 1 || !strings.Contains(d.Stderr.String(), "the private database ended") {
		t.Errorf("it ends with code %d and says\n%s", code, d.Stderr.String())
	}
	again := program.StartDemo(t, program.Options{}, data, "--no-simulators")
	answering(t, again)
	stops(t, again)
}

// Ctrl-C in the middle of the set-up leaves nothing running either.
func TestDemoStopsWhileItSetsUp(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"Setting up PostgreSQL", "Starting PostgreSQL", "SAP drops"} {
		data := filepath.Join(program.Folder(t), "data")
		far := make(chan struct{})
		p := program.Start(t, program.Options{Echo: &trigger{word: word, act: far}},
			append([]string{"demo", "--data", data, "--no-simulators"}, program.FreePorts()...)...)
		reaches(t, p, far)
		p.Interrupt()
		p.Wait(t)
		if strings.Contains(p.Stderr.String(), "panic") || strings.Contains(p.Stderr.String(), "goroutine") {
			t.Errorf("stopped at %q it says\n%s", word, p.Stderr.String())
		}
		if content, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid")); err == nil {
			t.Errorf("stopped at %q the database runs on:\n%s", word, content)
		}
	}
}

func TestDemoNamesATakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, flag := range []string{"--http", "--sftp"} {
		args := append([]string{"demo", "--data", filepath.Join(program.Folder(t), "data")}, program.FreePorts()...)
		r := program.Run(t, program.Options{}, append(args, flag, taken.Addr().String())...)
		if r.Code != 1 || !strings.Contains(r.Stderr, taken.Addr().String()) || !strings.Contains(r.Stderr, flag) {
			t.Errorf("with %s taken it ends with code %d and says\n%s", flag, r.Code, r.Stderr)
		}
		if strings.Contains(r.Stderr, "Setting up PostgreSQL") {
			t.Errorf("that %s is taken is found only after the set-up began", flag)
		}
	}
}

const nobody = 65534

func TestDemoOfAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: the other tests run as an ordinary user already")
	}
	dir := program.Folder(t)
	home := filepath.Join(dir, "home")
	if err := errors.Join(os.Mkdir(home, 0o700), os.Chown(home, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	o := program.Options{Path: program.Binary(t, dir), Dir: home, User: nobody, Env: []string{"HOME=" + home}}
	d := program.StartDemo(t, o, filepath.Join(home, "hanse-data"), "--no-simulators")
	answering(t, d)
	stops(t, d)
}

// The database's user cannot reach what lies below a folder of mode 700, as the home of root is.
func TestDemoBelowAClosedFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: an ordinary user's database runs as himself")
	}
	home := filepath.Join(program.Folder(t), "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(home, "hanse-data")
	d := program.StartDemo(t, program.Options{Dir: home}, data, "--no-simulators")
	outside := ask[string](t, d, "SELECT current_setting('data_directory')")
	t.Cleanup(func() { _ = os.RemoveAll(outside) })
	if strings.HasPrefix(outside, home) || !strings.Contains(d.Stderr.String()+d.Stdout.String(), "The database lies in "+outside) {
		t.Errorf("the database lies in %s; the demo says\n%s%s", outside, d.Stderr.String(), d.Stdout.String())
	}
	answering(t, d)
	stops(t, d)
}

// With a database of somebody else's no cluster is started, and none is stopped.
func TestDemoOnAnotherDatabase(t *testing.T) {
	t.Parallel()
	url := postgrestest.Empty(t)
	data := filepath.Join(program.Folder(t), "data")
	d := program.StartDemo(t, program.Options{}, data, "--no-simulators", "--database", url)
	if d.DatabaseURL != url {
		t.Errorf("database_url is %s, expected %s", d.DatabaseURL, url)
	}
	answering(t, d)
	entries, err := os.ReadDir(data)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "postgres" }) {
		t.Errorf("the data folder holds %v (%v)", entries, err)
	}
	rival := program.Run(t, program.Options{}, append([]string{"demo", "--data", data, "--database", url}, program.FreePorts()...)...)
	if rival.Code != 1 || !strings.Contains(rival.Stderr, "in use") {
		t.Errorf("a second demo in the same folder ends with code %d and says\n%s", rival.Code, rival.Stderr)
	}
	d.Stop(t)
	if !program.Listens(url) {
		t.Error("the demo stopped a database that is not its own")
	}
}
