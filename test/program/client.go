package program

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
)

// Client speaks to one address as a foreign program would.
type Client struct {
	Address string // http://host:port
	HTTP    *http.Client
	Token   string
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

func (a Answer) String() string { return fmt.Sprintf("status %d: %.500s", a.Status, a.Body) }

// ID is the id of the one record of an answer.
func (a Answer) ID() string {
	var doc struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(a.Body, &doc) // what is no document has no id
	return doc.Data.ID
}

// IDs are those of a list.
func (a Answer) IDs() (all []string) {
	var doc struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	_ = json.Unmarshal(a.Body, &doc)
	for _, d := range doc.Data {
		all = append(all, d.ID)
	}
	return all
}

// Code is the code of the first error of an answer that JSON:API's form is demanded of.
func (a Answer) Code() string {
	var doc struct {
		Errors []struct {
			Status, Code, Title string
		} `json:"errors"`
	}
	if err := json.Unmarshal(a.Body, &doc); err != nil || len(doc.Errors) == 0 || doc.Errors[0].Status != fmt.Sprint(a.Status) ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "application/vnd.api+json") {
		return ""
	}
	return doc.Errors[0].Code
}

// NewClient is somebody who has not logged in.
func NewClient(address string) *Client {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &Client{Address: address, HTTP: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{}}}
}

// Do sends a request; headers are pairs of name and value. body is nil, text, or what is sent as JSON.
func (c *Client) Do(ctx context.Context, method, path string, body any, headers ...string) (Answer, error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.Address+path, reader)
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/vnd.api+json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return Answer{response.StatusCode, response.Header, text}, err
}

// Must sends a request that has to answer with a status of 2xx.
func (c *Client) Must(t *testing.T, method, path string, body any, headers ...string) Answer {
	t.Helper()
	a, err := c.Do(t.Context(), method, path, body, headers...)
	if err != nil || a.Status/100 != 2 {
		t.Fatalf("%s %s: %v, %s", method, path, err, a)
	}
	return a
}

// Expect sends a request that has to answer with that very status.
func (c *Client) Expect(t *testing.T, status int, method, path string, body any, headers ...string) Answer {
	t.Helper()
	a, err := c.Do(t.Context(), method, path, body, headers...)
	if err != nil || a.Status != status {
		t.Errorf("%s %s: %v, expected status %d, got %s", method, path, err, status, a)
	}
	return a
}

// Paths of the APIs.
const (
	AdminAPI = "/api/admin/v1"
	ShopAPI  = "/api/storefront/v1"
)

// Admin is the demo's API client at an address.
func Admin(t *testing.T, f Facts, address string) *Client {
	t.Helper()
	c := NewClient(address)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {f.API.ClientID}, "client_secret": {f.API.ClientSecret}}
	a := c.Must(t, http.MethodPost, "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Value string `json:"access_token"`
	}
	if err := json.Unmarshal(a.Body, &token); err != nil || token.Value == "" {
		t.Fatalf("there is no token: %v, %s", err, a)
	}
	c.Token = token.Value
	return c
}

// Buyer is a buyer who has logged in.
func Buyer(t *testing.T, email, password, address string) *Client {
	t.Helper()
	c := NewClient(address)
	c.Must(t, http.MethodPost, ShopAPI+"/session", map[string]string{"email": email, "password": password}, "Content-Type", "application/json")
	return c
}

// At is the same person at another address: sessions and tokens are known to every node.
func (c *Client) At(t *testing.T, address string) *Client {
	t.Helper()
	other := NewClient(address)
	other.Token = c.Token
	from, err := url.Parse(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	other.HTTP.Jar.SetCookies(to, c.HTTP.Jar.Cookies(from))
	return other
}

// Data is a document of one record.
func Data(kind string, attributes, relationships map[string]any) map[string]any {
	d := map[string]any{"type": kind}
	if attributes != nil {
		d["attributes"] = attributes
	}
	if relationships != nil {
		d["relationships"] = relationships
	}
	return map[string]any{"data": d}
}

// To is a relationship to one record.
func To(kind, id string) map[string]any {
	return map[string]any{"data": map[string]string{"type": kind, "id": id}}
}

// Prepare fills a cart with one product and opens a checkout that can be placed.
func (c *Client) Prepare(t *testing.T, sku, quantity string) (checkout string) {
	t.Helper()
	cart := c.Must(t, http.MethodPost, ShopAPI+"/carts", Data("carts", map[string]any{}, nil)).ID()
	lines := []map[string]string{{"sku": sku, "quantity": quantity}}
	c.Must(t, http.MethodPost, ShopAPI+"/carts/"+cart+"/actions/addLines", Data("carts", map[string]any{"lines": lines}, nil))
	addresses := c.Must(t, http.MethodGet, ShopAPI+"/customerAddresses", nil).IDs()
	if len(addresses) == 0 {
		t.Fatal("the buyer has no address")
	}
	return c.Must(t, http.MethodPost, ShopAPI+"/checkouts", Data("checkouts", map[string]any{"poNumber": "PO"}, map[string]any{
		"cart": To("carts", cart), "shippingAddress": To("customerAddresses", addresses[0]), "shippingMethod": To("shippingMethods", "key:STANDARD")})).ID()
}

// Placing is the path at which a checkout is placed.
func Placing(checkout string) string { return ShopAPI + "/checkouts/" + checkout + "/actions/place" }
