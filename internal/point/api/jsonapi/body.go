package jsonapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxBody limits a request; bulk work goes by files and batches.
const maxBody = 10 << 20

type document struct {
	Data *object        `json:"data"`
	Meta map[string]any `json:"meta"`
}

type object struct {
	Type          string                     `json:"type"`
	ID            string                     `json:"id"`
	Attributes    map[string]any             `json:"attributes"`
	Relationships map[string]json.RawMessage `json:"relationships"`
}

// decode reads one JSON value with exact numbers and nothing behind it.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("there is something behind the JSON value")
	}
	return nil
}

// read decodes the body. Text that is not UTF-8 is refused, since JSON's reader would put something else in its place.
func (q *request) read(into any) error {
	b, err := io.ReadAll(http.MaxBytesReader(q.w, q.r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case err != nil:
		return problem(http.StatusBadRequest, "invalid_body", "The body could not be read to its end.")
	case len(bytes.TrimSpace(b)) == 0:
		return problem(http.StatusBadRequest, "invalid_document", "The body is empty; a JSON:API document is expected.")
	case !utf8.Valid(b):
		return problem(http.StatusBadRequest, "invalid_json", "The body is not UTF-8 text.")
	}
	err = decode(b, into)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return pointed(http.StatusBadRequest, "invalid_document", pointerTo(mismatch.Field),
			fmt.Sprintf("A JSON %s stands where the document has something else.", mismatch.Value))
	}
	return problem(http.StatusBadRequest, "invalid_json", "The body is not one JSON value: %s.", err)
}

// pointerTo turns the dotted path of a JSON decoder's error into a JSON pointer (RFC 6901).
func pointerTo(field string) string {
	if field == "" {
		return ""
	}
	return "/" + strings.ReplaceAll(field, ".", "/")
}

// member escapes a name for a JSON pointer (RFC 6901, section 3).
func member(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// body reads a document with one resource object of the request's type.
func (q *request) body() (*object, error) {
	var d document
	if err := q.read(&d); err != nil {
		return nil, err
	}
	if d.Data == nil {
		return nil, pointed(http.StatusBadRequest, "invalid_document", "/data", "The document has no resource object in data.")
	}
	if d.Data.Type != q.t.Name {
		return nil, pointed(http.StatusConflict, "type_mismatch", "/data/type", fmt.Sprintf("The type is %q, this endpoint takes %q.", d.Data.Type, q.t.Name))
	}
	return d.Data, nil
}
