package jsonapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the description that one side gives of itself.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

var contracts sync.Map // by base

// contractOf reads the description of a side once; all tests have the same definitions.
func (a *api) contractOf(base string) *contract {
	a.T.Helper()
	if c, ok := contracts.Load(base); ok {
		return c.(*contract)
	}
	res, err := http.Get(a.server.URL + base + "/openapi.json")
	if err != nil {
		a.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		a.T.Fatal(err)
	}
	c := &contract{schemas: map[string]*jsonschema.Schema{}, compiler: jsonschema.NewCompiler()}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		a.T.Fatal(err)
	}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := c.compiler.AddResource("openapi.json", value); err != nil {
		a.T.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c.doc); err != nil {
		a.T.Fatal(err)
	}
	contracts.Store(base, c)
	return c
}

// described holds each successful answer, and the request for it, to what openapi.json says of it.
func (a *api) described(base, method, path string, out *answer) {
	a.T.Helper()
	path, query, _ := strings.Cut(path, "?")
	path = strings.Trim(path, "/")
	if out.StatusCode >= 300 || path == "" || path == "openapi.json" || method == http.MethodHead {
		return
	}
	c := a.contractOf(base)
	template, operation := c.find(method, path)
	if operation == nil {
		a.T.Errorf("%s %s is answered but not described", method, path)
		return
	}
	for name := range values(query) {
		known := strings.Contains(name, ".") || strings.HasPrefix(name, "fields[") // filters over paths and fieldsets have any number of names
		if !known && !slices.Contains(c.parameters(template, operation), strings.TrimSuffix(name, "[eq]")) {
			a.T.Errorf("%s %s: the parameter %s is taken but not described", method, template, name)
		}
	}
	response, _ := operation["responses"].(map[string]any)[fmt.Sprint(out.StatusCode)].(map[string]any)
	if response == nil {
		a.T.Errorf("%s %s: the status %d is not described", method, template, out.StatusCode)
		return
	}
	if content, ok := response["content"].(map[string]any); ok {
		name := strings.TrimPrefix(content["application/vnd.api+json"].(map[string]any)["schema"].(map[string]any)["$ref"].(string), "#/components/schemas/")
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.raw))
		if err != nil {
			a.T.Fatal(err)
		}
		if err := c.schema(a.T, name).Validate(value); err != nil {
			a.T.Errorf("%s %s is not %s: %v\n%s", method, path, name, err, out.raw)
		}
	}
}

func values(query string) url.Values {
	v, _ := url.ParseQuery(query)
	return v
}

// find gives the operation for a path and the template that it matches.
func (c *contract) find(method, path string) (string, map[string]any) {
	parts := strings.Split(path, "/")
	for template, item := range c.doc["paths"].(map[string]any) {
		names := strings.Split(strings.Trim(template, "/"), "/")
		if len(names) != len(parts) {
			continue
		}
		same := true
		for i, name := range names {
			same = same && (name == "{id}" || name == parts[i])
		}
		if same {
			operation, _ := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
			return template, operation
		}
	}
	return "", nil
}

// parameters are the names of the query parameters of an operation.
func (c *contract) parameters(template string, operation map[string]any) (names []string) {
	listed, _ := operation["parameters"].([]any)
	for _, p := range listed {
		name := strings.TrimPrefix(p.(map[string]any)["$ref"].(string), "#/components/parameters/")
		parameter := c.doc["components"].(map[string]any)["parameters"].(map[string]any)[name].(map[string]any)
		names = append(names, parameter["name"].(string))
	}
	return names
}

func (c *contract) schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.schemas[name] == nil {
		s, err := c.compiler.Compile("openapi.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		c.schemas[name] = s
	}
	return c.schemas[name]
}
