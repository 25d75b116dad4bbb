package fedex

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/hanse-commerce/hanse/module"
)

// maxAnswer is the longest answer that is read, in bytes; a quote for some services takes less than 100 KB.
const maxAnswer = 4 << 20

// call is one request to FedEx.
type call struct {
	doing       string // for errors: "asking FedEx for rates"
	path        string
	contentType string
	token       string // "" sends none
	body        []byte
}

// post sends a call and gives the body of a good answer, else a *module.Error.
func post(ctx context.Context, c *module.Channel, k call) ([]byte, error) {
	where, err := url.Parse(base(c.Settings) + k.path)
	if err != nil || where.Host == "" || where.Scheme != "https" && where.Scheme != "http" {
		return nil, &module.Error{Class: module.Invalid, Code: "invalid_api_base",
			Detail: k.doing + ": the setting apiBase is no address of the web; write one such as " + liveBase}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, where.String(), bytes.NewReader(k.body))
	if err != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "invalid_api_base", Detail: k.doing + ": the setting apiBase cannot be used", Err: err}
	}
	r.Header.Set("Content-Type", k.contentType)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-locale", "en_US") // language of messages and of the services' names
	if k.token != "" {
		r.Header.Set("Authorization", "Bearer "+k.token)
	}
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return nil, unreachable(c.Settings, k.doing, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, unreachable(c.Settings, k.doing, err)
	case len(body) > maxAnswer:
		return nil, malformed(k.doing, "it is longer than 4 MiB")
	case answer.StatusCode != http.StatusOK:
		return nil, refusal(c.Settings, k, answer, body)
	}
	return body, nil
}

// unreachable is the error of a call without an answer.
func unreachable(s module.Settings, doing string, err error) error {
	e := &module.Error{Class: module.Connection, Code: "unreachable", Detail: doing + ": " + base(s) + " cannot be reached", Err: err}
	if errors.Is(err, context.DeadlineExceeded) {
		e.Code, e.Detail = "timeout", doing+": no answer in time"
	}
	return e
}

// malformed is the error of an answer that is not what FedEx's documentation says.
func malformed(doing, what string) error {
	return &module.Error{Class: module.Intermittent, Code: "malformed_answer", Detail: doing + ": the answer cannot be read: " + what}
}
