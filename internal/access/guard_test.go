package access_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
)

func TestPasswords(t *testing.T) {
	p, ctx := access.NewPasswords(), context.Background()
	hash, err := p.Hash(ctx, "Größe und Gewicht")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", hash, err)
	}
	for password, want := range map[string]bool{"Größe und Gewicht": true, "größe und gewicht": false, "": false, strings.Repeat("x", 2000): false} {
		if ok, err := p.Verify(ctx, hash, password); err != nil || ok != want {
			t.Errorf("%.20q: %v, %v", password, ok, err)
		}
	}
	if again, err := p.Hash(ctx, "Größe und Gewicht"); err != nil || again == hash {
		t.Errorf("two hashes are the same, %v", err)
	}
	if ok, err := p.Verify(ctx, "", "anything"); ok || err != nil {
		t.Errorf("nobody's password: %v, %v", ok, err)
	}
	for _, bad := range []string{"plain", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", strings.Replace(hash, "v=19", "v=1", 1), hash[:len(hash)-40]} {
		if ok, err := p.Verify(ctx, bad, "Größe und Gewicht"); ok || err == nil {
			t.Errorf("damaged hash %q: %v, %v", bad, ok, err)
		}
	}
	for _, bad := range []string{"short", strings.Repeat("x", 300)} {
		if _, err := p.Hash(ctx, bad); !errors.Is(err, access.ErrPassword) {
			t.Errorf("%.10q is taken: %v", bad, err)
		}
	}
}

func TestNetworks(t *testing.T) {
	n, err := access.ParseNetworks([]byte(`["192.0.2.7/24","2001:db8::1"]`))
	if err != nil || len(n) != 2 || n[0].String() != "192.0.2.0/24" || n[1].String() != "2001:db8::1/128" {
		t.Errorf("%v, %v", n, err)
	}
	for addr, want := range map[string]bool{"192.0.2.200": true, "::ffff:192.0.2.1": true, "192.0.3.1": false, "2001:db8::1": true, "2001:db8::2": false} {
		if got := n.Allow(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if n.Allow(netip.Addr{}) || !(access.Networks(nil)).Allow(netip.Addr{}) {
		t.Error("an unknown address is treated wrongly")
	}
	for _, bad := range []string{`["x"]`, `"192.0.2.0/24"`, `["192.0.2.0/33"]`, `[1]`, `["fe80::1%eth0"]`} {
		if n, err := access.ParseNetworks([]byte(bad)); err == nil {
			t.Errorf("%s is taken as %v", bad, n)
		}
	}
}

func TestPermissions(t *testing.T) {
	g := access.NewGrants()
	for _, p := range []string{`{"orders":{"read":"own"}}`, `{"orders":{"read":"businessUnit"},"*":{"read":"none"}}`, ``} {
		if err := g.Merge([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.Level("orders", access.Read); got != access.BusinessUnit {
		t.Errorf("orders: %s", got)
	}
	if got := g.Level("carts", access.Read); got != access.None {
		t.Errorf("carts: %s", got)
	}
	all := access.NewGrants()
	if err := all.Merge([]byte(access.AllPermissions)); err != nil || all.Level("anything", "place") != access.GlobalLevel {
		t.Errorf("all permissions allow %s, %v", all.Level("anything", "place"), err)
	}
	for _, bad := range []string{`[]`, `{"orders":"all"}`, `{"orders":{"read":"everything"}}`, `{"orders":{"hide":"x"}}`, `{"orders":{"read":1}}`} {
		if err := access.NewGrants().Merge([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestThrottleBansWhoGuesses(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	throttle := access.NewThrottle(w.pool)
	from, neighbour, elsewhere := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.1")
	for i := range throttle.Tries {
		if until, err := throttle.Banned(ctx, from, "sap"); err != nil || !until.IsZero() {
			t.Fatalf("banned after %d tries: %v, %v", i, until, err)
		}
		if err := throttle.Failed(ctx, from, "sap"); err != nil {
			t.Fatal(err)
		}
	}
	if until, err := throttle.Banned(ctx, neighbour, "sap"); err != nil || time.Until(until) < 10*time.Minute {
		t.Errorf("not banned: %v, %v", until, err)
	}
	for _, free := range []struct {
		from  netip.Addr
		login string
	}{{elsewhere, "sap"}, {from, "other"}} {
		if until, err := throttle.Banned(ctx, free.from, free.login); err != nil || !until.IsZero() {
			t.Errorf("%v suffers: %v, %v", free, until, err)
		}
	}
	if err := throttle.Succeeded(ctx, from, "sap"); err != nil {
		t.Fatal(err)
	}
	if until, err := throttle.Banned(ctx, from, "sap"); err != nil || !until.IsZero() {
		t.Errorf("still banned: %v, %v", until, err)
	}
}

func TestSessionIsKnownOnEveryNode(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	node := func() http.Handler {
		m := access.NewSessions(w.pool, access.Admin, false)
		mux := http.NewServeMux()
		mux.HandleFunc("/login", func(_ http.ResponseWriter, r *http.Request) {
			if err := m.RenewToken(r.Context()); err != nil {
				t.Error(err)
			}
			m.Put(r.Context(), "user", "u1")
		})
		mux.HandleFunc("/logout", func(_ http.ResponseWriter, r *http.Request) {
			if err := m.Destroy(r.Context()); err != nil {
				t.Error(err)
			}
		})
		mux.HandleFunc("/who", func(rw http.ResponseWriter, r *http.Request) {
			_, _ = rw.Write([]byte(m.GetString(r.Context(), "user")))
		})
		return m.LoadAndSave(mux)
	}
	first, second := node(), node()
	turn := false
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		turn = !turn
		if turn {
			first.ServeHTTP(rw, r)
			return
		}
		second.ServeHTTP(rw, r)
	}))
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(path string) (string, *http.Cookie) {
		res, err := client.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b := new(strings.Builder)
		if _, err := io.Copy(b, res.Body); err != nil {
			t.Fatal(err)
		}
		for _, c := range res.Cookies() {
			return b.String(), c
		}
		return b.String(), nil
	}
	_, cookie := get("/login")
	if cookie == nil || cookie.Name != "hanse_admin" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookie %+v", cookie)
	}
	for range 4 {
		if who, _ := get("/who"); who != "u1" {
			t.Errorf("a node does not know the session: %q", who)
		}
	}
	var kept int
	if err := w.pool.QueryRow(ctx, "select count(*) from session where position($1::bytea in token) > 0", []byte(cookie.Value)).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("the cookie's token itself is kept: %d, %v", kept, err)
	}
	get("/logout")
	if who, _ := get("/who"); who != "" {
		t.Errorf("after logging out: %q", who)
	}
}
