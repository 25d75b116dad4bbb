package backoffice

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/resource"
)

// blocking is a command that only this test knows.
var blocking = resource.Command{Name: "block", On: "customers", Result: "customers", Doc: "Blocks a customer.", Admin: true, Input: resource.Fields{
	resource.Text("note").Max(20).Required().Doc("Why."),
	resource.Enum("grade", "soft", "hard").Default("soft"),
	resource.Text("pin").WriteOnly().Doc("A secret."),
	resource.List("lines", 10, resource.Fields{resource.Integer("position").Required()}),
}}

// bound are the commands of a house: blocking, and all others as if they did nothing.
func bound(h *commercetest.House) *command.Runner {
	h.T.Helper()
	var bindings []command.Binding
	for _, c := range h.Schema.Commands() {
		run := func(context.Context, pgx.Tx, *command.Call) (string, error) { return "", nil }
		if c.Name == blocking.Name {
			run = block
		}
		bindings = append(bindings, command.Binding{On: c.On, Name: c.Name, Run: run})
	}
	runner, err := command.NewRunner(h.Pool, h.Store, bindings)
	if err != nil {
		h.T.Fatal(err)
	}
	return runner
}

func block(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	if call.Value("note") == "never" {
		return "", command.Refuse("never", "note", "Never is too long.")
	}
	_, err := tx.Exec(ctx, "UPDATE customer SET order_block = true, internal_note = $2 WHERE id = $1", call.Target,
		strings.Join([]string{call.Value("note"), call.Value("grade"), call.Value("lines"), call.Value("pin")}, " "))
	return call.Target, err
}

// TestCommands: a record has a button for each command on it, and a form that is derived from the command's input.
func TestCommands(t *testing.T) {
	h := newHouse(t)
	customer := h.send("/admin/records/customers", "number", "1", "name", "Alfreds", "status", "enabled")
	id := customer[strings.LastIndex(customer, "/")+1:]
	action := customer + "/actions/block"
	if body := h.get(customer).Body.String(); !strings.Contains(body, `href="`+action+`"`) {
		t.Error("the record's page leads to no form of its command")
	}
	form := h.get(action).Body.String()
	for _, want := range []string{`name="note"`, `<option value="soft" selected>`, `type="password" id="f-pin"`, `name="lines"`, "Blocks a customer."} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	for name, values := range map[string][]string{"href=\"#f-note\"": {"note", "", "pin", "s3cret"}, "Never is too long.": {"note", "never", "pin", "s3cret"}} {
		w := h.post(action, values...)
		if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, name) || strings.Contains(body, "s3cret") {
			t.Errorf("%v answers %d without %s, or with the secret", values, w.Code, name)
		}
	}
	if at := h.send(action, "note", "debts", "grade", "hard", "lines", `[{"position": 10}]`, "pin", "4711"); at != customer {
		t.Errorf("after the command at %s", at)
	}
	if got := h.Get(h.Caller, "customers", id)["internalNote"]; got != `debts hard [{"position":"10"}] 4711` {
		t.Errorf("the command got %q", got)
	}
	if w := h.get(customer + "/actions/fly"); w.Code != http.StatusNotFound {
		t.Errorf("a command that there is not answers %d", w.Code)
	}
}
