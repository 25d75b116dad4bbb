package command_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/resource"
)

// definitions are commands for the test: rate may be run once per key, ping as often as one likes.
var definitions = []resource.Definition{
	resource.Command{Name: "rate", On: "customers", Result: "customers", Doc: "Rates.", Admin: true, Idempotent: true, Input: resource.Fields{
		resource.Text("grade").Max(1).Required(),
		resource.Decimal("amount", 10, 2).Positive().Default("1"),
		resource.List("lines", 3, resource.Fields{resource.Text("sku").Required(), resource.Integer("count").Default("1")}),
	}},
	resource.Command{Name: "ping", On: "customers", Result: "customers", Doc: "Pings.", Admin: true, Storefront: true},
}

// workshop has commands that do what a test says.
type workshop struct {
	*commercetest.House
	runner    *command.Runner
	customer  commercetest.Buyer
	committed atomic.Int32
	work      atomic.Value // command.Func
}

func newWorkshop(t *testing.T) *workshop {
	w := &workshop{House: commercetest.New(t, definitions)}
	w.customer = w.Buyer("1000")
	w.does(func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		_, err := tx.Exec(ctx, "UPDATE customer SET internal_note = coalesce(internal_note, '') || $2 WHERE id = $1", call.Target, call.Value("grade"))
		return call.Target, err
	})
	run := func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		return w.work.Load().(command.Func)(ctx, tx, call)
	}
	none := func(context.Context, pgx.Tx, *command.Call) (string, error) { return "", nil }
	var err error
	bindings := []command.Binding{{On: "customers", Name: "rate", Run: run}, {On: "customers", Name: "ping", Run: run}}
	for _, c := range w.Schema.Commands() {
		if c.Name != "rate" && c.Name != "ping" {
			bindings = append(bindings, command.Binding{On: c.On, Name: c.Name, Run: none})
		}
	}
	w.runner, err = command.NewRunner(w.Pool, w.Store, bindings)
	if err != nil {
		t.Fatal(err)
	}
	w.runner.Committed = func() { w.committed.Add(1) }
	return w
}

func (w *workshop) does(work command.Func) { w.work.Store(work) }

// rate runs the command as somebody and says what came of it: the result, "again" in front where it was replayed, or codes.
func (w *workshop) rate(caller access.Caller, key string, input map[string]any) string {
	w.T.Helper()
	result, replayed, err := w.Run(w.runner, caller, "customers", "rate", w.customer.Customer, input, key)
	switch {
	case err != nil:
		return codes(err)
	case result != w.customer.Customer:
		return "result " + result
	case replayed:
		return "again done"
	}
	return "done"
}

func codes(err error) string {
	var refused *command.Error
	if !errors.As(err, &refused) {
		return err.Error()
	}
	var all []string
	for _, v := range refused.Violations() {
		all = append(all, strings.TrimSpace(v.Field+" "+v.Code))
	}
	return strings.Join(all, ", ")
}

func (w *workshop) note() (note string) {
	w.T.Helper()
	w.Scan(&note, "SELECT coalesce(internal_note, '') FROM customer WHERE id = $1", w.customer.Customer)
	return note
}

func grade(g string) map[string]any { return map[string]any{"grade": g} }

func as(id string) access.Caller {
	return access.Caller{Side: access.Admin, Actor: access.Actor{Kind: access.User, ID: id}}
}

func (w *workshop) user(id string) access.Caller {
	c := as(id)
	c.Organization = w.Organization
	return c
}

const (
	anna = "0190a000-0000-7000-8000-00000000000a"
	bert = "0190a000-0000-7000-8000-00000000000b"
)

func TestIdempotencyKey(t *testing.T) {
	w := newWorkshop(t)
	second := w.Buyer("2000")
	for _, step := range []struct{ what, got, want string }{
		{"first", w.rate(w.user(anna), "k", grade("A")), "done"},
		{"the same again", w.rate(w.user(anna), "k", grade("A")), "again done"},
		{"with a default spelled out", w.rate(w.user(anna), "k", map[string]any{"grade": "A", "amount": "1.00"}), "again done"},
		{"another input", w.rate(w.user(anna), "k", grade("B")), "idempotency_key_reused"},
		{"another key", w.rate(w.user(anna), "l", grade("B")), "done"},
		{"somebody else's same key", w.rate(w.user(bert), "k", grade("C")), "done"},
		{"no key", w.rate(w.user(anna), "", grade("D")), "done"},
		{"no key again", w.rate(w.user(anna), "", grade("D")), "done"},
		{"a long key", w.rate(w.user(anna), strings.Repeat("k", 256), grade("D")), "invalid_idempotency_key"},
		{"the longest key", w.rate(w.user(anna), strings.Repeat("k", 255), grade("E")), "done"},
	} {
		if step.got != step.want {
			t.Errorf("%s: %s, want %s", step.what, step.got, step.want)
		}
	}
	if w.note() != "ABCDDE" || w.committed.Load() != 6 {
		t.Errorf("the command ran as %q, %d commits", w.note(), w.committed.Load())
	}
	_, _, err := w.Run(w.runner, w.user(anna), "customers", "rate", second.Customer, grade("A"), "k")
	if codes(err) != "idempotency_key_reused" {
		t.Errorf("the same key on another target: %v", err)
	}
	w.Exec("DELETE FROM customer_user WHERE customer_id = $1", w.customer.Customer)
	w.Exec("DELETE FROM customer WHERE id = $1", w.customer.Customer)
	if got := w.rate(w.user(anna), "k", grade("A")); got != "again done" {
		t.Errorf("after its target is gone, a request that is done: %s", got)
	}
	if got := w.rate(w.user(anna), "new", grade("A")); got != "not_found" {
		t.Errorf("a new request: %s", got)
	}
}

// The key of a request that is running is taken, on every node; that of one that failed is free.
func TestIdempotencyKeyInFlight(t *testing.T) {
	w := newWorkshop(t)
	running, finish := make(chan bool), make(chan error)
	w.does(func(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) {
		running <- true
		return call.Target, <-finish
	})
	outcome := make(chan string)
	for _, c := range []struct {
		err  error
		want string
	}{{errors.New("out of paper"), "out of paper"}, {command.Refuse("too_late", "", "Closed."), "too_late"}, {nil, "done"}} {
		go func() { outcome <- w.rate(w.user(anna), "k", grade("A")) }()
		<-running
		if got := w.rate(w.user(anna), "k", grade("A")); got != "in_flight" {
			t.Errorf("while the first is running the second is %s", got)
		}
		finish <- c.err
		if got := <-outcome; got != c.want {
			t.Errorf("the first is %s, want %s", got, c.want)
		}
	}
	if got := w.rate(w.user(anna), "k", grade("A")); got != "again done" {
		t.Errorf("afterwards it is %s", got)
	}
	w.does(func(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) { return call.Target, nil })
	for range 2 { // a command that is not defined as idempotent takes no notice of a key
		if _, replayed, err := w.Run(w.runner, w.user(anna), "customers", "ping", w.customer.Customer, nil, "k"); err != nil || replayed {
			t.Errorf("ping: %t, %v", replayed, err)
		}
	}
}

// Of many requests with one key at once, one runs and each other either finds it running or is given its result.
func TestIdempotencyKeyAtOnce(t *testing.T) {
	w := newWorkshop(t)
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			if got := w.rate(w.user(anna), "k", grade("A")); got != "done" && got != "again done" && got != "in_flight" {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if w.note() != "A" {
		t.Errorf("the command ran as %q", w.note())
	}
}

func TestInput(t *testing.T) {
	w := newWorkshop(t)
	var seen resource.Record
	w.does(func(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) {
		seen = call.Input
		if call.Now.IsZero() || !call.Given("grade") || call.Value("grade") != "A" || call.Given("lines") || call.Value("nothing") != "" || call.Given("nothing") {
			t.Errorf("the call is %+v", call)
		}
		return call.Target, nil
	})
	if got := w.rate(w.user(anna), "", grade("A")); got != "done" {
		t.Error(got)
	}
	if diff := cmp.Diff(resource.Record{resource.Of("A"), resource.Of("1"), {}}, seen); diff != "" {
		t.Error(diff)
	}
	for want, input := range map[string]map[string]any{
		"grade required":                       nil,
		"grade required, zoo unknown_field":    {"zoo": 1, "grade": nil},
		"grade invalid_value":                  {"grade": "AB"},
		"grade required, amount invalid_value": {"amount": "-1"},
		"lines invalid_value":                  {"grade": "A", "lines": []any{1, 2, 3, 4}},
		"lines/0 invalid_value, lines/1/sku required, lines/2/count invalid_value, lines/2/x invalid_value": {"grade": "A",
			"lines": []any{1, map[string]any{}, map[string]any{"sku": "s", "count": "x", "x": 1}}},
	} {
		if got := w.rate(w.user(anna), "", input); got != want {
			t.Errorf("%v: %s, want %s", input, got, want)
		}
	}
}

func TestWhoMayRun(t *testing.T) {
	w := newWorkshop(t)
	w.does(func(_ context.Context, _ pgx.Tx, call *command.Call) (string, error) { return call.Target, nil })
	buyer, other := w.As(w.customer), w.As(w.Buyer("2000"))
	may := func(permission access.Action, level access.Level) access.Caller {
		c := w.user(anna)
		c.Grants = access.NewGrants()
		c.Grants.Allow("customers", permission, level)
		return c
	}
	for _, c := range []struct {
		what, command string
		caller        access.Caller
		want          string
	}{
		{"a buyer what is for staff", "rate", buyer, "forbidden"},
		{"a buyer on his company", "ping", buyer, ""},
		{"a buyer on another", "ping", other, "not_found"},
		{"staff with every other permission", "ping", may("update", access.GlobalLevel), "forbidden"},
		{"staff with the permission of its name", "ping", may("ping", access.OrganizationLevel), ""},
		{"staff whose permission reaches to its own, where nobody owns", "ping", may("ping", access.Own), "not_found"},
		{"staff with all", "rate", may("*", access.GlobalLevel), ""},
		{"another organization", "ping", as(anna), "not_found"},
	} {
		if c.caller.Organization == "" {
			c.caller.Organization = bert
		}
		_, _, err := w.Run(w.runner, c.caller, "customers", c.command, w.customer.Customer, map[string]any{}, "")
		if c.command == "rate" {
			_, _, err = w.Run(w.runner, c.caller, "customers", c.command, w.customer.Customer, grade("A"), "")
		}
		if got := ""; err != nil {
			if got = codes(err); got != c.want {
				t.Errorf("%s: %s, want %q", c.what, got, c.want)
			}
		} else if c.want != "" {
			t.Errorf("%s: it ran", c.what)
		}
	}
}

// Two commands that lock in opposite orders deadlock; PostgreSQL ends one of them, and it is run again.
func TestDeadlockIsRunAgain(t *testing.T) {
	w := newWorkshop(t)
	other := w.Buyer("2000").Customer
	var tries atomic.Int32
	met := make(chan bool, 2)
	w.does(func(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
		first, second := w.customer.Customer, other
		if call.Target != first {
			first, second = second, first
		}
		lock := func(id string) error {
			_, err := tx.Exec(ctx, "UPDATE customer SET internal_note = coalesce(internal_note, '') || 'x' WHERE id = $1", id)
			return err
		}
		if err := lock(first); err != nil {
			return "", err
		}
		if n := tries.Add(1); n <= 2 { // the first two meet, each holding what the other wants
			met <- true
			for len(met) < 2 {
				select {
				case <-ctx.Done():
					return "", ctx.Err()
				default:
				}
			}
		}
		return call.Target, lock(second)
	})
	var both sync.WaitGroup
	for _, target := range []string{w.customer.Customer, other} {
		both.Go(func() {
			if _, _, err := w.Run(w.runner, w.user(anna), "customers", "ping", target, nil, ""); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if tries.Load() < 3 || w.note() != "xx" { // the one that is run again may meet the other once more
		t.Errorf("%d tries left %q", tries.Load(), w.note())
	}
}

func TestWhoAlwaysLosesIsToldSo(t *testing.T) {
	w := newWorkshop(t)
	tries := 0
	w.does(func(context.Context, pgx.Tx, *command.Call) (string, error) {
		tries++
		return "", fmt.Errorf("writing: %w", &pgconn.PgError{Code: "40001"})
	})
	if got := w.rate(w.user(anna), "k", grade("A")); got != "busy" || tries != 6 || w.committed.Load() != 0 {
		t.Errorf("after %d tries: %s", tries, got)
	}
}

func TestBindingsFitDefinitions(t *testing.T) {
	w := newWorkshop(t)
	none := func(context.Context, pgx.Tx, *command.Call) (string, error) { return "", nil }
	for want, bindings := range map[string][]command.Binding{
		"customers/fly is bound to a function but not defined": {{On: "customers", Name: "fly", Run: none}},
		"customers/ping is bound to two functions":             {{On: "customers", Name: "ping", Run: none}, {On: "customers", Name: "ping", Run: none}},
		"is defined but bound to no function":                  {{On: "customers", Name: "ping", Run: none}},
	} {
		if _, err := command.NewRunner(w.Pool, w.Store, bindings); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestSweep(t *testing.T) {
	w := newWorkshop(t)
	w.Exec(`INSERT INTO idempotency_key (organization_id, actor, key, command, request_hash, created_at)
		SELECT $1, 'user:x', n::text, 'c', '\x00', now() - make_interval(days => n / 1000) FROM generate_series(1, 45000) n`, w.Organization)
	forgotten, err := command.Sweep(context.Background(), w.Pool)
	var oldest int
	w.Scan(&oldest, "SELECT max(key::int) FROM idempotency_key")
	if err != nil || forgotten != 15001 || oldest != 29999 {
		t.Errorf("%d forgotten, %d is left, %v", forgotten, oldest, err)
	}
}
