package fault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/test/program"
)

// foundNowhere tries to get card numbers and secrets to where they must not be, and searches for them wherever a company's
// day leaves traces: a dump of the database, the folder of contents, the partners' homes, both nodes' logs at their most
// talkative, every exchange through the API, and the page of an order's way.
func (s *shop) foundNowhere(t *testing.T) {
	t.Helper()
	alive := s.nodes[0]
	select {
	case <-alive.Ended():
		alive = s.nodes[1]
	default:
	}
	address := "http://" + alive.http
	said := s.lure(t, address)
	said["log of the first node"] = s.nodes[0].Stdout.String() + s.nodes[0].Stderr.String()
	said["log of the second node"] = s.nodes[1].Stdout.String() + s.nodes[1].Stderr.String()
	said["dump of the database"] = s.dump(t)
	for _, what := range []string{"log of the first node", "log of the second node"} {
		if !strings.Contains(said[what], "level=DEBUG") {
			t.Errorf("%s is not talkative", what)
		}
	}
	if !strings.Contains(said["dump of the database"], "payment_intents") {
		t.Error("the dump does not hold what was kept of the gateway's calls")
	}
	hidden := s.hidden(t)
	for where, text := range said {
		search(t, where, []byte(text), hidden)
	}
	s.searchFiles(t, hidden)
}

// hidden is what must not be found, as it is and as it may be written.
func (s *shop) hidden(t *testing.T) map[string]string {
	t.Helper()
	hidden := map[string]string{"buyer's password": s.Buyer.Password, "administrator's password": s.Admin.Password, "partner's password": s.Partner.Password,
		"API client's secret": s.API.ClientSecret, "gateway's key": gatewayKey, "gateway's signing key": signingKey, "carrier's secret": carrierSecret}
	for _, number := range []string{"4000002760003184", "4000000000000002", "4242424242424242"} {
		hidden["card "+number] = number
		hidden["card "+number+" in parts"] = number[:4] + " " + number[4:8] + " " + number[8:12] + " " + number[12:]
		hidden["card "+number+" with strokes"] = number[:4] + "-" + number[4:8] + "-" + number[8:12] + "-" + number[12:]
	}
	for what, text := range hidden {
		if len(text) < 8 {
			t.Errorf("the %s, %q, is too short to be searched for", what, text)
		}
		hidden[what+", in hexadecimal"] = hex.EncodeToString([]byte(text))
		hidden[what+", in base64"] = strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "=")
		hidden[what+", in an address"] = url.QueryEscape(text)
	}
	return hidden
}

func search(t *testing.T, where string, text []byte, hidden map[string]string) {
	t.Helper()
	for what, secret := range hidden {
		if at := bytes.Index(text, []byte(secret)); at >= 0 {
			t.Errorf("the %s is found in %s: …%s", what, where, bytes.ToValidUTF8(text[max(0, at-200):min(len(text), at+len(secret)+40)], nil))
		}
	}
}

// lure gives cards and secrets to where somebody may put them by mistake, and gives all that was answered to it, what the API
// says of messages, channels and payments, and what staff sees of the order's way.
func (s *shop) lure(t *testing.T, address string) map[string]string {
	t.Helper()
	said := map[string]string{}
	buyer := program.Buyer(t, s.Buyer.Email, s.Buyer.Password, address)
	for _, number := range []string{"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"} { // where a token belongs
		a, err := buyer.Do(t.Context(), http.MethodPost, program.Placing(byCard(t, buyer, skuInStock(t, s.company), "1")), paying(number))
		if err != nil {
			t.Error(err)
		}
		said["answer to card "+number] = string(bytes.ReplaceAll(a.Body, []byte(s.front.http.URL), nil))
	}
	body := fmt.Sprintf(`{"id":"evt_lure","object":"event","type":"charge.failed","data":{"object":{"number":"4242424242424242","key":"%s","secret":"%s"}}}`, gatewayKey, signingKey)
	for _, m := range []message{{"", body, "t=1,v1=" + signingKey}, {"", body, stripesim.Sign([]byte(body), signingKey, time.Now())}} {
		if _, err := send(address+"/hooks/"+s.till.channel, m); err != nil {
			t.Error(err)
		}
	}
	staff := program.Admin(t, s.Facts, address)
	for _, code := range []string{"stripe", "fedex"} {
		path := program.AdminAPI + "/channels/key:" + code
		a := staff.Must(t, http.MethodPost, path+"/actions/test", program.Data("channels", map[string]any{}, nil))
		said["test of the channel "+code] = string(a.Body)
	}
	for _, path := range []string{"/channels", "/exchanges?page[size]=100&filter[direction]=out&include=errors", "/exchanges?page[size]=100&filter[direction]=in", "/payments", "/paymentTransactions",
		"/orders", "/openapi.json"} {
		said["answer to "+path] = string(staff.Must(t, http.MethodGet, program.AdminAPI+path, nil).Body)
	}
	office := program.NewClient(address)
	form := url.Values{"email": {s.Admin.Email}, "password": {s.Admin.Password}}
	office.Must(t, http.MethodPost, "/admin/login", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	order := ask[string](t, s.company, "SELECT order_id::text FROM payment WHERE status NOT IN ('failed', 'pending') AND online")
	page := office.Must(t, http.MethodGet, "/admin/records/orders/"+order+"/trace", nil)
	if !bytes.Contains(page.Body, []byte("Stripe")) && !bytes.Contains(page.Body, []byte("stripe")) {
		t.Errorf("the page of the order's way does not tell of the gateway: %s", page)
	}
	said["order's way"] = string(page.Body)
	said["figures"] = string(program.NewClient(address).Must(t, http.MethodGet, "/metrics", nil).Body)
	return said
}

// dump is all that is in the database, as PostgreSQL's own program writes it.
func (s *shop) dump(t *testing.T) string {
	t.Helper()
	programs, err := postgres.FindPrograms(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	// A token lies with its payment until the gateway has answered.
	program.Eventually(t, func() error {
		var waiting int
		err := try(s.company, &waiting, "SELECT count(*) FROM payment_work WHERE token IS NOT NULL")
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d tokens wait for the gateway", waiting)
		}
		return err
	})
	cmd := exec.Command(filepath.Join(programs.Dir, "pg_dump"), "--dbname", s.DatabaseURL) // #nosec G204 -- of the test's own server
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("dumping the database: %v\n%s", err, complaint.String())
	}
	return string(text)
}

// searchFiles searches the nodes' data folder, but for the one file in which the demo that made it keeps its logins.
func (s *shop) searchFiles(t *testing.T, hidden map[string]string) {
	t.Helper()
	files := map[string]int{}
	err := filepath.WalkDir(s.data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == "demo-secrets.json" {
			return err
		}
		content, err := os.ReadFile(path) // #nosec G304 -- of the test's own nodes
		if os.IsNotExist(err) {
			return nil
		}
		name, err := filepath.Rel(s.data, path)
		if err != nil {
			return err
		}
		folder, _, _ := strings.Cut(name, string(filepath.Separator))
		files[folder]++
		search(t, name, content, hidden)
		return nil
	})
	if err != nil || files["blobs"] == 0 || files["sftp"] == 0 {
		t.Errorf("files by folder: %v, %v", files, err)
	}
}
