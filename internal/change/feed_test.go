package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// sequencerURL tells this test binary to be the node that gets killed.
const sequencerURL = "HANSE_TEST_SEQUENCER_URL"

func TestMain(m *testing.M) {
	url := os.Getenv(sequencerURL)
	if url == "" {
		os.Exit(m.Run())
	}
	pool, err := postgres.Open(context.Background(), url, postgres.PoolOptions{})
	if err == nil {
		err = change.NewSequencer(pool, "victim", nil).Run(context.Background())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

const (
	writers      = 20
	transactions = 30 // of each writer
	records      = 15 // all writers contend for
)

// Twenty writers with random delays and aborted transactions, two sequencers on two nodes. The working one first loses its
// connection, then its process is killed. A reader follows all the time: he misses nothing, gets nothing twice, and sees
// the versions of each record in order.
func TestFeedHasNoGapAndNoDouble(t *testing.T) {
	url := postgrestest.URL(t, access.Migrations(), change.Migrations())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pool, err := postgres.Open(ctx, url, postgres.PoolOptions{MaxConns: writers + 4, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `create table versioned (id uuid primary key, version int not null default 0);
		insert into versioned select ('0190a000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid from generate_series(1, 15) i`); err != nil {
		t.Fatal(err)
	}

	victim := exec.Command(os.Args[0]) // #nosec G204 -- this test binary
	victim.Env = append(os.Environ(), sequencerURL+"="+url)
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill(); _ = victim.Wait() }()
	waitFor(ctx, t, pool, "select exists (select from lease where name = 'sequencer' and holder like 'victim%')")

	survivor := sequence(t, pool)
	var committed, items atomic.Int64
	writing, writingCtx := errgroup.WithContext(ctx)
	for range writers {
		writing.Go(func() error { return writer(writingCtx, pool, survivor, &committed, &items) })
	}
	written := make(chan struct{})
	go func() { _ = writing.Wait(); close(written) }()
	read := make(chan []change.Event)
	go func() { read <- follow(ctx, pool, survivor, written, &items) }()

	waitFor(ctx, t, pool, "select position > 50 from feed_state")
	if _, err := pool.Exec(ctx, `select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'hanse sequencer' and datname = current_database()`); err != nil {
		t.Fatal(err)
	}
	waitFor(ctx, t, pool, "select position > 200 from feed_state")
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := writing.Wait(); err != nil {
		t.Fatal(err)
	}
	events := <-read
	checkOrder(t, events, committed.Load(), items.Load())
	waitFor(ctx, t, pool, "select not exists (select from change_pending)")
	if v, err := change.VerifyChain(ctx, pool); err != nil || v.Broken != 0 || v.To != committed.Load() {
		t.Errorf("the chain over %d changes: %+v, %v", committed.Load(), v, err)
	}
	waitFor(ctx, t, pool, "select holder like 'test%' from lease where name = 'sequencer'")
}

// errAbort makes a writer's transaction roll back.
var errAbort = errors.New("aborted on purpose")

func writer(ctx context.Context, pool *pgxpool.Pool, s *change.Sequencer, committed, items *atomic.Int64) error {
	caller := access.SystemCaller(organization, "writer")
	for range transactions {
		n := 1 + rand.IntN(3)
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return bump(ctx, tx, caller, n) })
		switch {
		case errors.Is(err, errAbort):
			continue
		case err != nil:
			return err
		}
		committed.Add(1)
		items.Add(int64(n))
		s.Wake()
	}
	return nil
}

// bump gives n records a next version and logs it, with delays before and after.
func bump(ctx context.Context, tx pgx.Tx, caller access.Caller, n int) error {
	numbers := rand.Perm(records)[:n]
	slices.Sort(numbers) // locks in one order: no deadlock
	entry := change.Entry{Resource: "versions", Event: change.Updated}
	for _, i := range numbers {
		id := fmt.Sprintf("0190a000-0000-7000-8000-%012d", i+1)
		var version int
		if err := tx.QueryRow(ctx, "update versioned set version = version + 1 where id = $1 returning version", id).Scan(&version); err != nil {
			return err
		}
		entry.IDs = append(entry.IDs, id)
		entry.Before = append(entry.Before, json.RawMessage(fmt.Sprint(version)))
	}
	versions, _ := json.Marshal(entry.Before)
	entry.Data = versions
	if _, err := tx.Exec(ctx, "select pg_sleep($1)", rand.Float64()/500); err != nil {
		return err
	}
	if err := change.Append(ctx, tx, caller, entry); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "select pg_sleep($1)", rand.Float64()/200); err != nil {
		return err
	}
	if rand.IntN(5) == 0 {
		return errAbort
	}
	return nil
}

// follow reads the feed as a consumer does, until everything that was written has come.
func follow(ctx context.Context, pool *pgxpool.Pool, s *change.Sequencer, written <-chan struct{}, items *atomic.Int64) []change.Event {
	var all []change.Event
	feed, at := change.NewFeed(pool), change.Cursor{}
	done := false
	for ctx.Err() == nil && (!done || int64(len(all)) < items.Load()) {
		grown := s.Grown()
		events, next, err := feed.Read(ctx, at, 1+rand.IntN(20))
		if err != nil {
			return all
		}
		all, at = append(all, events...), next
		if len(events) > 0 {
			continue
		}
		select {
		case <-grown:
		case <-written:
			done = true
			select {
			case <-grown:
			case <-time.After(100 * time.Millisecond):
			}
		case <-ctx.Done():
		}
	}
	return all
}

func checkOrder(t *testing.T, events []change.Event, committed, items int64) {
	t.Helper()
	if int64(len(events)) != items {
		t.Errorf("%d events were read, %d were written", len(events), items)
	}
	versions := map[string]int{}
	var last change.Cursor
	for _, e := range events {
		next := e.Position == last.Position && e.Item == last.Item+1 || e.Position == last.Position+1 && e.Item == 0
		if !next {
			t.Fatalf("%d-%d follows %s", e.Position, e.Item, last)
		}
		last = change.Cursor{Position: e.Position, Item: e.Item}
		var data []int
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if version := data[e.Item]; version != versions[e.Record]+1 {
			t.Fatalf("%s: version %d of %s follows %d", last, version, e.Record, versions[e.Record])
		}
		versions[e.Record]++
	}
	if last.Position != committed {
		t.Errorf("the feed ends at %d, %d changes were committed", last.Position, committed)
	}
}

// waitFor asks until the answer is yes.
func waitFor(ctx context.Context, t testing.TB, pool *pgxpool.Pool, sql string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var yes bool
		if err := pool.QueryRow(ctx, sql).Scan(&yes); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatalf("%s: %v", sql, err)
		}
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not yes in time", sql)
		}
	}
}

// Word of a commit reaches a consumer soon, although nothing is polled in between.
func TestCommitReachesReadersSoon(t *testing.T) {
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations())
	s := sequence(t, pool)
	waitFor(context.Background(), t, pool, "select exists (select from lease where name = 'sequencer')")
	feed, at := change.NewFeed(pool), change.Cursor{}
	var took []time.Duration
	for range 20 {
		grown := s.Grown()
		write(t, pool, access.SystemCaller(organization, "test"), change.Entry{Resource: "orders", Event: "order.placed", IDs: []string{newID()}})
		begun := time.Now()
		s.Wake()
		for from := at; at == from; {
			<-grown
			grown = s.Grown() // the same growth may be told twice
			_, next, err := feed.Read(context.Background(), at, 10)
			if err != nil {
				t.Fatal(err)
			}
			at = next
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("median %v, longest %v", took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > 50*time.Millisecond {
		t.Errorf("the median is above 50 ms")
	}
}
