package change_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

const organization = "0190a000-0000-7000-8000-00000000000a"

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// write logs entries in a transaction of their own, as a request's role.
func write(t testing.TB, pool *pgxpool.Pool, caller access.Caller, entries ...change.Entry) {
	t.Helper()
	err := pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, caller); err != nil {
			return err
		}
		return change.Append(context.Background(), tx, caller, entries...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sequence runs a sequencer for the length of a test.
func sequence(t testing.TB, pool *pgxpool.Pool) *change.Sequencer {
	t.Helper()
	s := change.NewSequencer(pool, "test", slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

// readAll reads n events, waiting for the sequencer.
func readAll(t testing.TB, s *change.Sequencer, feed *change.Feed, n, limit int) []change.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var all []change.Event
	var at change.Cursor
	for {
		grown := s.Grown()
		events, next, err := feed.Read(ctx, at, limit)
		if err != nil {
			t.Fatalf("after %d events: %v", len(all), err)
		}
		all, at = append(all, events...), next
		if len(all) >= n {
			return all
		}
		if len(events) == 0 {
			select {
			case <-grown:
			case <-ctx.Done():
				t.Fatalf("only %d of %d events came", len(all), n)
			}
		}
	}
}

func TestFeedTellsWhatWasWritten(t *testing.T) {
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
	s, feed := sequence(t, pool), change.NewFeed(pool)
	caller := access.Caller{Organization: organization, Origin: "SAP", Exchange: newID(),
		Actor: access.Actor{Kind: access.Partner, ID: newID(), Name: "SAP"}}
	chunk := change.Entry{Resource: "products", Event: change.Updated, Fields: []string{"name", `odd "\ name`}}
	for range 100 {
		chunk.IDs = append(chunk.IDs, newID())
		chunk.Before = append(chunk.Before, json.RawMessage(`{"name":"old"}`))
	}
	order := newID()
	write(t, pool, caller, chunk,
		change.Entry{Resource: "orders", Event: "order.placed", IDs: []string{order}, Data: json.RawMessage(`{"number":"1"}`)},
		change.Entry{Resource: "exchanges", Event: "exchange.done"})
	s.Wake()
	for _, limit := range []int{1, 7, 100, 1000} {
		events := readAll(t, s, feed, 102, limit)
		if len(events) != 102 {
			t.Fatalf("limit %d: %d events", limit, len(events))
		}
		for i, e := range events[:100] {
			if e.Record != chunk.IDs[i] || e.Position != 1 || e.Item != i || e.Name("product") != "product.updated" {
				t.Fatalf("limit %d: event %d is %+v", limit, i, e)
			}
		}
		if e := events[7]; len(e.Fields) != 2 || e.Fields[1] != `odd "\ name` || e.Actor != caller.Actor || e.Origin != "SAP" ||
			e.Exchange != caller.Exchange || e.Organization != organization || e.Resource != "products" {
			t.Errorf("event lost something: %+v", e)
		}
		if e := events[100]; e.Record != order || e.Name("order") != "order.placed" || string(e.Data) != `{"number": "1"}` {
			t.Errorf("order event is %+v", e)
		}
		if e := events[101]; e.Record != "" || e.Event != "exchange.done" {
			t.Errorf("event without a record is %+v", e)
		}
	}
}

func TestHistoryOfOneRecord(t *testing.T) {
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
	caller := access.SystemCaller(organization, "import")
	ids := make([]string, 5000)
	before := make([]json.RawMessage, len(ids))
	for i := range ids {
		ids[i] = newID()
		before[i] = json.RawMessage(`{"sku":"S` + ids[i] + `","cost":"1"}`)
	}
	write(t, pool, caller, change.Entry{Resource: "products", Event: change.Created, IDs: ids})
	write(t, pool, caller, change.Entry{Resource: "products", Event: change.Updated, IDs: ids, Fields: []string{"sku", "cost"}, Before: before})
	write(t, pool, caller, change.Entry{Resource: "products", Event: change.Deleted, IDs: ids[17:18]})
	write(t, pool, access.SystemCaller(newID(), "other"), change.Entry{Resource: "products", Event: change.Deleted, IDs: ids[17:18]})

	ctx := context.Background()
	events, err := change.History(ctx, pool, caller, "products", ids[17])
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range events {
		names = append(names, e.Event)
	}
	if len(events) != 3 || names[0] != "deleted" || names[2] != "created" {
		t.Fatalf("history is %v", names)
	}
	if want := `{"sku": "S` + ids[17] + `", "cost": "1"}`; string(events[1].Before) != want {
		t.Errorf("old values are %s, want %s", events[1].Before, want)
	}
	grants := access.NewGrants()
	grants.Hide("products", "cost")
	caller.Grants = grants
	if events, err = change.History(ctx, pool, caller, "products", ids[17]); err != nil {
		t.Fatal(err)
	}
	if e := events[1]; len(e.Fields) != 1 || string(e.Before) != `{"sku":"S`+ids[17]+`"}` {
		t.Errorf("a hidden field is told: %v %s", e.Fields, e.Before)
	}
	if events, err = change.History(ctx, pool, access.Caller{Side: access.Storefront, Organization: organization}, "products", ids[17]); err != nil || events != nil {
		t.Errorf("a buyer is told %v, %v", events, err)
	}
}

func TestLogCannotBeAltered(t *testing.T) {
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
	caller := access.SystemCaller(organization, "test")
	write(t, pool, caller, change.Entry{Resource: "products", Event: change.Created, IDs: []string{newID()}})
	ctx := context.Background()
	for _, sql := range []string{"update change set event = 'x'", "delete from change", "truncate change", "delete from feed",
		"update feed_state set position = 0", "delete from change_pending", "select * from change_default"} {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if err := access.Enter(ctx, tx, caller); err != nil {
				t.Fatal(err)
			}
			_, err := tx.Exec(ctx, sql)
			return err
		})
		if err == nil {
			t.Errorf("%s went through", sql)
		}
	}
}

func TestVerifyChainFindsTampering(t *testing.T) {
	tampered := []struct {
		name, sql string
		broken    int64
	}{
		{"nothing", "select 1", 0},
		{"value", "update change set data = '{\"total\": 2}' where seq = 3", 3},
		{"actor", "update change set actor_name = 'nobody' where seq = 1", 1},
		{"removed", "delete from change where seq = 4", 4},
		{"link_removed", "delete from feed where position = 2", 2},
		{"cut_off", "delete from feed where position = 5", 5},
		{"order", "update feed f set change_id = o.change_id from feed o where f.position + o.position = 5 and f.position in (2, 3)", 2},
	}
	for _, c := range tampered {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
			s := sequence(t, pool)
			for range 5 {
				write(t, pool, access.SystemCaller(organization, "test"), change.Entry{Resource: "orders", Event: "order.placed",
					IDs: []string{newID()}, Data: json.RawMessage(`{"total": 1}`)})
			}
			s.Wake()
			readAll(t, s, change.NewFeed(pool), 5, 10)
			if _, err := pool.Exec(context.Background(), c.sql); err != nil {
				t.Fatal(err)
			}
			// The session's settings must not matter.
			v, err := change.VerifyChain(context.Background(), pool)
			if err != nil {
				t.Fatal(err)
			}
			if v.Broken != c.broken || (c.broken == 0) != (v.Reason == "") {
				t.Errorf("verdict %+v, want broken at %d", v, c.broken)
			}
		})
	}
}

func TestConsumerAdvancesOnce(t *testing.T) {
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
	feed, ctx := change.NewFeed(pool), context.Background()
	if _, known, err := feed.Cursor(ctx, "webhook"); err != nil || known {
		t.Fatalf("a new consumer is known: %v, %v", known, err)
	}
	advance := func(from, to change.Cursor) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return change.Advance(ctx, tx, "webhook", from, to) })
	}
	first, second := change.Cursor{Position: 3, Item: 1}, change.Cursor{Position: 9}
	for _, step := range []struct {
		from, to change.Cursor
		ok       bool
	}{{change.Cursor{}, first, true}, {change.Cursor{}, second, false}, {first, second, true}, {first, second, false}} {
		if err := advance(step.from, step.to); (err == nil) != step.ok {
			t.Errorf("from %v to %v: %v", step.from, step.to, err)
		}
	}
	if err := feed.Subscribe(ctx, "webhook", change.Cursor{Position: 1}); err != nil {
		t.Fatal(err)
	}
	if at, known, err := feed.Cursor(ctx, "webhook"); err != nil || !known || at != second {
		t.Errorf("cursor is %v %v %v", at, known, err)
	}
}

func TestCursorText(t *testing.T) {
	for _, bad := range []string{"x", "1", "-1-1", "1--1", "1-99999999999", "99999999999999999999-1"} {
		if c, err := change.ParseCursor(bad); err == nil {
			t.Errorf("%q is taken as %v", bad, c)
		}
	}
	want := change.Cursor{Position: 4711, Item: 12}
	if c, err := change.ParseCursor(want.String()); err != nil || c != want {
		t.Errorf("%v comes back as %v, %v", want, c, err)
	}
}
