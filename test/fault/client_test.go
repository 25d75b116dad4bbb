package fault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/test/program"
)

// client speaks to one address as a foreign program would.
type client struct {
	address string // http://host:port
	http    *http.Client
	token   string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("status %d: %.500s", a.status, a.body) }

// id is the id of the one record of an answer.
func (a answer) id() string {
	var doc struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(a.body, &doc) // what is no document has no id
	return doc.Data.ID
}

// ids are those of a list.
func (a answer) ids() (all []string) {
	var doc struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(a.body, &doc)
	for _, d := range doc.Data {
		all = append(all, d.ID)
	}
	return all
}

// code is the code of the first error of an answer that JSON:API's form is demanded of.
func (a answer) code() string {
	var doc struct {
		Errors []struct {
			Status, Code, Title string
		} `json:"errors"`
	}
	if err := json.Unmarshal(a.body, &doc); err != nil || len(doc.Errors) == 0 || doc.Errors[0].Status != fmt.Sprint(a.status) ||
		!strings.HasPrefix(a.header.Get("Content-Type"), "application/vnd.api+json") {
		return ""
	}
	return doc.Errors[0].Code
}

func newClient(address string) *client {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &client{address: address, http: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{}}}
}

// do sends a request; headers are pairs of name and value. body is nil, text, or what is sent as JSON.
func (c *client) do(ctx context.Context, method, path string, body any, headers ...string) (answer, error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.address+path, reader)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/vnd.api+json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

// must sends a request that has to answer with a status of 2xx.
func (c *client) must(t *testing.T, method, path string, body any, headers ...string) answer {
	t.Helper()
	a, err := c.do(t.Context(), method, path, body, headers...)
	if err != nil || a.status/100 != 2 {
		t.Fatalf("%s %s: %v, %s", method, path, err, a)
	}
	return a
}

// expect sends a request that has to answer with that very status.
func (c *client) expect(t *testing.T, status int, method, path string, body any, headers ...string) answer {
	t.Helper()
	a, err := c.do(t.Context(), method, path, body, headers...)
	if err != nil || a.status != status {
		t.Errorf("%s %s: %v, expected status %d, got %s", method, path, err, status, a)
	}
	return a
}

const (
	adminAPI = "/api/admin/v1"
	shopAPI  = "/api/storefront/v1"
)

// admin is the company's API client at an address.
func admin(t *testing.T, f program.Facts, address string) *client {
	t.Helper()
	c := newClient(address)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {f.API.ClientID}, "client_secret": {f.API.ClientSecret}}
	a := c.must(t, http.MethodPost, "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Value string `json:"access_token"`
	}
	if err := json.Unmarshal(a.body, &token); err != nil || token.Value == "" {
		t.Fatalf("there is no token: %v, %s", err, a)
	}
	c.token = token.Value
	return c
}

// buyer is a buyer who has logged in.
func buyer(t *testing.T, email, password, address string) *client {
	t.Helper()
	c := newClient(address)
	c.must(t, http.MethodPost, shopAPI+"/session", map[string]string{"email": email, "password": password}, "Content-Type", "application/json")
	return c
}

// at is the same person at another address: sessions and tokens are known to every node.
func (c *client) at(t *testing.T, address string) *client {
	t.Helper()
	other := newClient(address)
	other.token = c.token
	from, err := url.Parse(c.address)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	other.http.Jar.SetCookies(to, c.http.Jar.Cookies(from))
	return other
}

func data(kind string, attributes, relationships map[string]any) map[string]any {
	d := map[string]any{"type": kind}
	if attributes != nil {
		d["attributes"] = attributes
	}
	if relationships != nil {
		d["relationships"] = relationships
	}
	return map[string]any{"data": d}
}

func to(kind, id string) map[string]any {
	return map[string]any{"data": map[string]string{"type": kind, "id": id}}
}

// prepare fills a cart with one product and opens a checkout that can be placed.
func (c *client) prepare(t *testing.T, sku, quantity string) (checkout string) {
	t.Helper()
	cart := c.must(t, http.MethodPost, shopAPI+"/carts", data("carts", map[string]any{}, nil)).id()
	lines := []map[string]string{{"sku": sku, "quantity": quantity}}
	c.must(t, http.MethodPost, shopAPI+"/carts/"+cart+"/actions/addLines", data("carts", map[string]any{"lines": lines}, nil))
	addresses := c.must(t, http.MethodGet, shopAPI+"/customerAddresses", nil).ids()
	if len(addresses) == 0 {
		t.Fatal("the buyer has no address")
	}
	return c.must(t, http.MethodPost, shopAPI+"/checkouts", data("checkouts", map[string]any{"poNumber": "PO"}, map[string]any{
		"cart": to("carts", cart), "shippingAddress": to("customerAddresses", addresses[0]), "shippingMethod": to("shippingMethods", "key:STANDARD")})).id()
}

func placing(checkout string) string { return shopAPI + "/checkouts/" + checkout + "/actions/place" }
