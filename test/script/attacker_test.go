package script_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/test/program"
)

// people are the demo's buyer, and a stranger of another customer.
func people(t *testing.T, d *program.Demo) (story sample.Story, buyer, stranger *program.Client) {
	t.Helper()
	company, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	if story, err = company.Story(); err != nil {
		t.Fatal(err)
	}
	return story, program.Buyer(t, d.Buyer.Email, d.Buyer.Password, d.HTTP), program.Buyer(t, story.Stranger.Email, d.Buyer.Password, d.HTTP)
}

// Another customer's cart, checkout, order and address do not exist, however they are asked for.
func TestForeignRecordsDoNotExist(t *testing.T) {
	t.Parallel()
	d := program.Shared(t)
	story, buyer, stranger := people(t, d)
	checkout := buyer.Prepare(t, story.List.SKU, "1")
	order := buyer.Must(t, http.MethodPost, program.Placing(checkout), nil).ID()
	open := buyer.Prepare(t, story.List.SKU, "1")
	address := buyer.Must(t, http.MethodGet, program.ShopAPI+"/customerAddresses", nil).IDs()[0]
	cart := buyer.Must(t, http.MethodGet, program.ShopAPI+"/checkouts/"+open+"/cart", nil).ID()

	for kind, id := range map[string]string{"orders": order, "checkouts": open, "carts": cart, "customerAddresses": address} {
		path := program.ShopAPI + "/" + kind + "/" + id
		buyer.Must(t, http.MethodGet, path, nil)
		stranger.Expect(t, http.StatusNotFound, http.MethodGet, path, nil)
		for _, id := range stranger.Must(t, http.MethodGet, program.ShopAPI+"/"+kind+"?page[size]=100", nil).IDs() {
			if strings.HasSuffix(path, id) {
				t.Errorf("another's record is listed among %s", kind)
			}
		}
	}
	for _, path := range []string{"/orders/" + order + "/lines", "/orders/" + order + "/relationships/customer", "/checkouts/" + open + "/cart", "/carts/" + cart + "/lines"} {
		stranger.Expect(t, http.StatusNotFound, http.MethodGet, program.ShopAPI+path, nil)
	}
	change := map[string]any{"data": map[string]any{"type": "checkouts", "id": open, "attributes": map[string]any{"poNumber": "mine"}}}
	stranger.Expect(t, http.StatusNotFound, http.MethodPatch, program.ShopAPI+"/checkouts/"+open, change)
	stranger.Expect(t, http.StatusNotFound, http.MethodDelete, program.ShopAPI+"/carts/"+cart, nil)
	stranger.Expect(t, http.StatusNotFound, http.MethodPost, program.Placing(open), nil)
	stranger.Expect(t, http.StatusNotFound, http.MethodPost, program.ShopAPI+"/carts/"+cart+"/actions/addLines",
		program.Data("carts", map[string]any{"lines": []map[string]string{{"sku": story.List.SKU, "quantity": "1"}}}, nil))
	taken, err := stranger.Do(t.Context(), http.MethodPost, program.ShopAPI+"/checkouts", program.Data("checkouts", nil, map[string]any{"cart": program.To("carts", cart)}))
	if err != nil || taken.Status/100 != 4 {
		t.Errorf("a checkout of another's cart is answered by %s (%v)", taken, err)
	}
	buyer.Must(t, http.MethodPost, program.Placing(open), nil) // nothing of that did harm
}

// A session that is made up, ended or sent by another site's page opens nothing.
func TestSessionsOfOthers(t *testing.T) {
	t.Parallel()
	d := program.Shared(t)
	_, buyer, _ := people(t, d)
	at, err := url.Parse(d.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	cookies := buyer.HTTP.Jar.Cookies(at)
	if len(cookies) != 1 {
		t.Fatalf("the session has cookies %v", cookies)
	}
	planted := program.NewClient(d.HTTP)
	planted.HTTP.Jar.SetCookies(at, []*http.Cookie{{Name: cookies[0].Name, Value: strings.Repeat("A", len(cookies[0].Value))}})
	planted.Expect(t, http.StatusUnauthorized, http.MethodGet, program.ShopAPI+"/orders", nil)
	program.NewClient(d.HTTP).Expect(t, http.StatusUnauthorized, http.MethodGet, program.ShopAPI+"/orders", nil)

	cart := program.Data("carts", map[string]any{}, nil)
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "null", "Sec-Fetch-Site", "cross-site"}} {
		a := buyer.Expect(t, http.StatusForbidden, http.MethodPost, program.ShopAPI+"/carts", cart, headers...)
		if a.Code() != "cross_origin" {
			t.Errorf("another site's page is answered by %s", a)
		}
		buyer.Expect(t, http.StatusForbidden, http.MethodDelete, program.ShopAPI+"/session", nil, headers...)
		buyer.Expect(t, http.StatusForbidden, http.MethodPost, "/cart/lines", "sku=R9&quantity=1", append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
	}
	buyer.Must(t, http.MethodPost, program.ShopAPI+"/carts", cart, "Origin", d.HTTP, "Sec-Fetch-Site", "same-origin")

	stolen := buyer.At(t, d.HTTP)
	stolen.Must(t, http.MethodGet, program.ShopAPI+"/orders", nil)
	buyer.Must(t, http.MethodDelete, program.ShopAPI+"/session", nil)
	stolen.Expect(t, http.StatusUnauthorized, http.MethodGet, program.ShopAPI+"/orders", nil)
	stolen.Expect(t, http.StatusUnauthorized, http.MethodGet, program.AdminAPI+"/orders", nil)
}

// Tokens that are made up, expired or revoked open nothing. It is not parallel: it lets the newest token expire.
func TestTokensOfOthers(t *testing.T) {
	d := program.Shared(t)
	erp := program.Admin(t, d.Facts, d.HTTP)
	path := program.AdminAPI + "/customers?page[size]=1"
	erp.Must(t, http.MethodGet, path, nil)
	for _, token := range []string{"x", erp.Token[:len(erp.Token)-1], erp.Token + "A", strings.ToUpper(erp.Token), "Bearer " + erp.Token} {
		thief := program.NewClient(d.HTTP)
		thief.Token = token
		a := thief.Expect(t, http.StatusUnauthorized, http.MethodGet, path, nil)
		if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") || a.Code() == "" {
			t.Errorf("a wrong token is answered by %v %s", a.Header, a)
		}
	}
	form := func(token string) string {
		return url.Values{"token": {token}, "client_id": {d.API.ClientID}, "client_secret": {d.API.ClientSecret}}.Encode()
	}
	erp.Must(t, http.MethodPost, "/oauth/revoke", form(erp.Token), "Content-Type", "application/x-www-form-urlencoded")
	erp.Expect(t, http.StatusUnauthorized, http.MethodGet, path, nil)

	wrong := url.Values{"grant_type": {"client_credentials"}, "client_id": {d.API.ClientID}, "client_secret": {"guess"}}.Encode()
	a := erp.Expect(t, http.StatusUnauthorized, http.MethodPost, "/oauth/token", wrong, "Content-Type", "application/x-www-form-urlencoded")
	if !strings.Contains(string(a.Body), "invalid_client") {
		t.Errorf("a wrong secret is answered by %s", a)
	}

	late := program.Admin(t, d.Facts, d.HTTP)
	late.Must(t, http.MethodGet, path, nil)
	expired := value[int](t, d, `WITH late AS (UPDATE oauth_token SET expires_at = now() - interval '1 second'
		WHERE issued_at = (SELECT max(issued_at) FROM oauth_token) RETURNING 1) SELECT count(*) FROM late`)
	if expired != 1 {
		t.Fatalf("%d tokens were let expire", expired)
	}
	late.Expect(t, http.StatusUnauthorized, http.MethodGet, path, nil)
}

// value reads one value from the demo's database.
func value[V any](t *testing.T, d *program.Demo, sql string, args ...any) (v V) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// Twenty wrong passwords at the SFTP server bring a ban for that login from that address, which is told and logged; the
// other partner does not notice (trust.md, case 16).
func TestGuessedPasswordsAtTheSFTPServer(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sftp"); err != nil {
		t.Skip("skipped: OpenSSH's sftp is missing")
	}
	d := program.Shared(t)
	erp := program.Admin(t, d.Facts, d.HTTP)
	partner := erp.Must(t, http.MethodPost, program.AdminAPI+"/partners", program.Data("partners", map[string]any{"code": "ZPIM", "name": "PIM"}, nil)).ID()
	erp.Must(t, http.MethodPost, program.AdminAPI+"/partners/"+partner+"/actions/setLogin",
		program.Data("partners", map[string]any{"login": "pim", "password": "correct horse battery"}, nil))
	if out, err := sftp(t, d, "pim", "correct horse battery"); err != nil {
		t.Fatalf("the new partner does not get in: %v\n%s", err, out)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if out, err := sftp(t, d, "pim", fmt.Sprint("guess ", i)); err == nil {
				t.Errorf("a guessed password opens the server\n%s", out)
			}
		})
	}
	all.Wait()
	if out, err := sftp(t, d, "pim", "correct horse battery"); err == nil || !strings.Contains(out, "too many failed logins: banned until") {
		t.Errorf("after twenty guesses the right password gets: %v\n%s", err, out)
	}
	if out, err := sftp(t, d, d.Partner.User, d.Partner.Password); err != nil {
		t.Errorf("another partner is banned, too: %v\n%s", err, out)
	}
	if log := d.Stderr.String(); !strings.Contains(log, `msg="SFTP loginBanned" user=pim`) || strings.Contains(log, "guess ") {
		t.Errorf("the log does not tell of it, or tells passwords:\n%s", log)
	}
	if bans := value[int](t, d, "SELECT count(*) FROM change WHERE event = 'partner.loginBanned' AND ids = ARRAY[$1]::uuid[]", partner); bans != 1 {
		t.Errorf("%d bans are in the audit chain, expected one", bans)
	}
}

// sftp lists the home by OpenSSH's sftp, which gets the password from a program.
func sftp(t *testing.T, d *program.Demo, user, password string) (string, error) {
	dir := t.TempDir()
	ask, known := filepath.Join(dir, "ask"), filepath.Join(dir, "known_hosts")
	host, port, _ := strings.Cut(d.SFTP, ":")
	var keys string
	for _, line := range d.SFTPHostKeys {
		keys += "[" + host + "]:" + port + " " + line + "\n"
	}
	for path, text := range map[string]string{ask: "#!/bin/sh\necho '" + password + "'\n", known: keys} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil { // #nosec G306 -- a program of the test's own
			return "", err
		}
	}
	cmd := exec.Command("sftp", "-P", port, "-o", "UserKnownHostsFile="+known, "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1",
		"-o", "PreferredAuthentications=password", user+"@"+host)
	cmd.Env = append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none")
	cmd.Stdin = strings.NewReader("ls\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
