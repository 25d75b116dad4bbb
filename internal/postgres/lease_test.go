package postgres_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

// node keeps a lease in the background and reports when its function starts and ends.
type node struct {
	started chan int64
	ended   chan error // the cause with which the function's context ended
	finish  chan error // what the function returns, if sent
	done    chan error // what Keep returned
	cancel  context.CancelFunc
}

func keep(t testing.TB, pool *pgxpool.Pool, name, holder string) *node {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n := &node{make(chan int64, 10), make(chan error, 10), make(chan error, 1), make(chan error, 1), cancel}
	lease := postgres.NewLease(pool, name, holder)
	lease.Log = slog.New(slog.DiscardHandler)
	go func() {
		n.done <- lease.Keep(ctx, func(ctx context.Context, token int64) error {
			n.started <- token
			select {
			case <-ctx.Done():
				n.ended <- context.Cause(ctx)
				return ctx.Err()
			case err := <-n.finish:
				return err
			}
		})
		close(n.done)
	}()
	t.Cleanup(func() {
		cancel()
		receive(t, n.done)
	})
	return n
}

func receive[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(30 * time.Second):
		t.Fatal("nothing happened for 30 s")
		panic("unreachable")
	}
}

func TestLeaseGoesToOneAndThenTheNext(t *testing.T) {
	t.Parallel()
	pool := postgrestest.Pool(t)
	first := keep(t, pool, "sequencer", "same name")
	if token := receive(t, first.started); token != 1 {
		t.Errorf("first token %d", token)
	}
	second := keep(t, pool, "sequencer", "same name")
	other := keep(t, pool, "watcher", "same name")
	receive(t, other.started) // by now the second one has asked, too
	if len(second.started) != 0 {
		t.Fatal("two holders at once")
	}
	first.cancel()
	if err := receive(t, first.done); !errors.Is(err, context.Canceled) {
		t.Errorf("Keep returned %v", err)
	}
	begun := time.Now()
	if token := receive(t, second.started); token != 2 {
		t.Errorf("second token %d", token)
	}
	if waited := time.Since(begun); waited > 2500*time.Millisecond {
		t.Errorf("a lease given back was waited for %v", waited)
	}
	second.finish <- nil
	if err := receive(t, second.done); err != nil {
		t.Errorf("Keep returned %v", err)
	}
}

func TestLeaseIsTriedAgainAfterAnError(t *testing.T) {
	t.Parallel()
	n := keep(t, postgrestest.Pool(t), "sequencer", "a")
	receive(t, n.started)
	n.finish <- errors.New("the database restarted")
	if token := receive(t, n.started); token != 2 {
		t.Errorf("token %d", token)
	}
}

func TestLeaseOfACutHolderIsFenced(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := postgrestest.URL(t)
	direct := open(t, url)
	wire := newWire(t, direct.Config().ConnConfig)
	behind := open(t, strings.Replace(url, portOf(direct.Config().ConnConfig), wire.port(), 1))

	cut := keep(t, behind, "sequencer", "cut")
	stale := receive(t, cut.started)
	next := keep(t, direct, "sequencer", "next")
	wire.freeze()
	if cause := receive(t, cut.ended); !errors.Is(cause, postgres.ErrLeaseLost) {
		t.Errorf("the holder's context ended with %v", cause)
	}
	if len(next.started) != 0 {
		t.Error("the next holder started before the former one was told to end")
	}
	token := receive(t, next.started)
	if token != stale+1 {
		t.Errorf("token %d after %d", token, stale)
	}
	for _, test := range []struct {
		token int64
		want  error
	}{{stale, postgres.ErrFenced}, {token, nil}} {
		err := pgx.BeginFunc(ctx, direct, func(tx pgx.Tx) error {
			return postgres.CheckFence(ctx, tx, "sequencer", test.token)
		})
		if !errors.Is(err, test.want) {
			t.Errorf("token %d: %v, want %v", test.token, err, test.want)
		}
	}
	wire.close() // or closing the pool would wait for answers that never come
}

func TestFenceHoldsBackTheNextHolder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := postgrestest.Pool(t)
	first := keep(t, pool, "sequencer", "first")
	token := receive(t, first.started)
	tx, err := pool.Begin(ctx)
	must(t, err)
	must(t, asRole(ctx, tx))
	must(t, postgres.CheckFence(ctx, tx, "sequencer", token))
	first.cancel() // the holder ends, his transaction does not yet
	receive(t, first.done)
	if got := value(t, pool, "select (expires_at <= clock_timestamp())::text from lease"); got != "true" {
		t.Errorf("the lease was not given back: %s", got)
	}
	second := keep(t, pool, "sequencer", "second")
	other := keep(t, pool, "watcher", "second")
	receive(t, other.started)
	if len(second.started) != 0 {
		t.Fatal("the next holder started while the former one may still commit")
	}
	must(t, tx.Commit(ctx))
	if got := receive(t, second.started); got != token+1 {
		t.Errorf("token %d after %d", got, token)
	}
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return postgres.CheckFence(ctx, tx, "nothing", 1) })
	if !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("an unknown lease: %v", err)
	}
}

// asRole makes the transaction a request's.
func asRole(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "select set_config('role', $1, true)", postgres.RequestRole)
	return err
}

func TestLeaseIsRenewedUnderLoad(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := postgrestest.URL(t)
	narrow, err := postgres.Open(ctx, url, postgres.PoolOptions{MaxConns: 1, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(narrow.Close)
	watching := open(t, url)
	holder := keep(t, narrow, "sequencer", "busy")
	token := receive(t, holder.started)
	before := value(t, watching, "select expires_at::text from lease")

	// The only connection is busy with a transaction that holds the fence.
	tx, err := narrow.Begin(ctx)
	must(t, err)
	must(t, postgres.CheckFence(ctx, tx, "sequencer", token))
	deadline := time.Now().Add(30 * time.Second)
	for value(t, watching, "select (expires_at > $1::timestamptz + interval '2.5 s')::text from lease", before) != "true" {
		if time.Now().After(deadline) || len(holder.ended) != 0 {
			t.Fatal("the lease is not renewed")
		}
		must(t, poll(ctx))
	}
	must(t, tx.Commit(ctx))
}

func poll(ctx context.Context) error {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// wire is a TCP connection to the database that can be cut the hard way: nothing passes any more, and
// nobody is told.
type wire struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
	frozen   chan struct{}
}

func newWire(t testing.TB, to *pgx.ConnConfig) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &wire{listener: listener, frozen: make(chan struct{})}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", net.JoinHostPort(to.Host, portOf(to)))
			if err != nil {
				_ = client.Close()
				return
			}
			w.mu.Lock()
			w.conns = append(w.conns, client, server)
			w.mu.Unlock()
			go w.pass(server, client)
			go w.pass(client, server)
		}
	}()
	t.Cleanup(w.close)
	return w
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		_ = c.Close()
	}
}

func (w *wire) pass(to io.Writer, from io.Reader) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		select {
		case <-w.frozen:
			return
		default:
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (w *wire) freeze() { close(w.frozen) }

func (w *wire) port() string {
	_, port, _ := net.SplitHostPort(w.listener.Addr().String())
	return port
}
