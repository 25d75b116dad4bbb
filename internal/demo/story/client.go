package story

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// client speaks JSON:API as a foreign program would.
type client struct {
	base  string
	http  *http.Client
	token string
}

func newClient(base string) *client {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &client{base: base, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// object is a resource object as it is read.
type object struct {
	Type          string         `json:"type"`
	ID            string         `json:"id"`
	Attributes    map[string]any `json:"attributes"`
	Relationships map[string]any `json:"relationships"`
}

// text is an attribute as text; decimals are strings already.
func (o object) text(name string) string {
	switch v := o.Attributes[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// status is an answer that is none of the 2xx.
type status struct {
	code int
	body string
}

func (s *status) Error() string { return fmt.Sprintf("status %d: %.300s", s.code, s.body) }

func (c *client) do(ctx context.Context, method, path string, body any, into any) error {
	var reader io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/vnd.api+json")
	}
	if strings.HasSuffix(path, "/actions/place") { // whoever stands between may send it again then
		request.Header.Set("Idempotency-Key", rand.Text())
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return &status{response.StatusCode, string(b)}
	}
	if into == nil || len(b) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}

// login takes an access token by client credentials.
func (c *client) login(ctx context.Context, tokenURL, id, secret string) error {
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Token == "" {
		return fmt.Errorf("the token endpoint answered %s without a token", response.Status)
	}
	c.token = answer.Token
	return nil
}

// session logs a buyer in.
func (c *client) session(ctx context.Context, email, password string) error {
	return c.do(ctx, http.MethodPost, "/session", map[string]string{"email": email, "password": password}, nil)
}

func (c *client) list(ctx context.Context, path string) ([]object, error) {
	var doc struct {
		Data []object `json:"data"`
	}
	err := c.do(ctx, http.MethodGet, path, nil, &doc)
	return doc.Data, err
}

func (c *client) get(ctx context.Context, path string) (object, error) {
	var doc struct {
		Data object `json:"data"`
	}
	err := c.do(ctx, http.MethodGet, path, nil, &doc)
	return doc.Data, err
}

func (c *client) post(ctx context.Context, path string, body any) (object, error) {
	var doc struct {
		Data object `json:"data"`
	}
	err := c.do(ctx, http.MethodPost, path, body, &doc)
	return doc.Data, err
}

// one expects a list of exactly one.
func (c *client) one(ctx context.Context, path string) (object, error) {
	list, err := c.list(ctx, path)
	if err != nil {
		return object{}, err
	}
	if len(list) != 1 {
		return object{}, fmt.Errorf("%s gives %d records, expected one", path, len(list))
	}
	return list[0], nil
}

func relation(typeName, id string) map[string]any {
	return map[string]any{"data": map[string]string{"type": typeName, "id": id}}
}
