package payment_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/module"
)

// victim is what the parent tells a child process that is going to be killed while it settles a payment.
type victim struct{ Database, Gateway, Organization, Payment, Seam string }

// The seams at which it dies: the step is written and nothing else; it is claimed; the gateway has carried it out; the record
// is written and not committed; it is committed.
var seams = []string{"queued", "claimed", "called", "recording", "recorded"}

const (
	victimVariable = "HANSE_TEST_VICTIM"
	victimName     = "hanse-test-victim"
)

// TestMain lets the test binary play a node that dies.
func TestMain(m *testing.M) {
	given := os.Getenv(victimVariable)
	if given == "" {
		flag.Parse()
		if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
			_ = checks.Value.Set("30") // each is many transactions
		}
		os.Exit(m.Run())
	}
	var v victim
	err := json.Unmarshal([]byte(given), &v)
	if err == nil {
		err = v.work(context.Background())
	}
	fmt.Fprintln(os.Stderr, "the victim lives:", err)
	os.Exit(1)
}

func (v victim) work(ctx context.Context) error {
	v.dieAt("queued")
	pool, err := postgres.Open(ctx, v.Database, postgres.PoolOptions{MaxConns: 2})
	if err != nil {
		return err
	}
	config := pool.Config()
	pool.Close()
	config.ConnConfig.RuntimeParams["application_name"] = victimName
	if pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	registry := &module.Registry{}
	if err := registry.Add(till{}); err != nil {
		return err
	}
	d := &payment.Desk{DB: pool, Gateways: v, Orders: v, Registry: registry, Committed: func() { v.dieAt("recorded") }}
	return d.Settle(ctx, v.Organization, v.Payment)
}

func (v victim) dieAt(seam string) {
	if v.Seam == seam {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// Pay asks the parent's gateway.
func (v victim) Pay(ctx context.Context, _, _ string, r module.PaymentRequest) (*module.PaymentState, error) {
	v.dieAt("claimed")
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(r); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.Gateway, &body)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	v.dieAt("called")
	s := &module.PaymentState{}
	return s, gob.NewDecoder(answer.Body).Decode(s)
}

func (v victim) Look(context.Context, string, string, module.PaymentLookup) (*module.PaymentState, error) {
	return nil, errors.New("the victim does not look")
}

func (v victim) PaymentChanged(context.Context, pgx.Tx, access.Caller, payment.Change) error {
	v.dieAt("recording")
	return nil
}

// ServeHTTP is the gateway for the victim.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var p module.PaymentRequest
	if err := gob.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s, err := g.pay(p)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	_ = gob.NewEncoder(w).Encode(s)
}

// kill lets a child settle the payment until it dies at a seam, and waits until the server has buried it.
func (p *paid) kill(gateway, seam string) {
	p.T.Helper()
	program, err := os.Executable()
	if err != nil {
		p.T.Fatal(err)
	}
	told, err := json.Marshal(victim{p.Pool.Config().ConnString(), gateway, p.Organization, p.id, seam})
	if err != nil {
		p.T.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), victimVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !exit.Sys().(syscall.WaitStatus).Signaled() || ctx.Err() != nil {
		p.T.Fatalf("the victim at %s was not killed: %v", seam, err)
	}
	for left := 1; left > 0 && ctx.Err() == nil; {
		p.Scan(&left, "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", victimName)
	}
}

// A node is killed at each seam of an authorization and of a capture. Another one makes good what it left: the gateway carries
// out each step once, and the order is told once.
func TestKilledAtEachSeam(t *testing.T) {
	c := newCounter(t)
	server := httptest.NewServer(c.gateway)
	defer server.Close()
	rescue := func(p *paid, state, event string) {
		t.Helper()
		c.Exec("UPDATE payment_work SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL") // the claim runs out
		c.Exec("UPDATE payment_work SET due_at = now() - interval '1 second' WHERE due_at < now() + interval '1 minute'")
		c.sweep(c.two)
		p.want(state)
		var told, pending int
		c.Scan(&told, "SELECT count(*) FROM change WHERE resource = 'payments' AND event = $2 AND ids @> ARRAY[$1::uuid]", p.id, event)
		c.Scan(&pending, "SELECT count(*) FROM payment_transaction WHERE payment_id = $1 AND status <> 'succeeded'", p.id)
		if told != 1 || pending != 0 {
			t.Errorf("%s was logged %d times, %d steps are not done", event, told, pending)
		}
	}
	for _, seam := range seams {
		t.Run(seam, func(t *testing.T) {
			c.T = t
			p := c.open("till", "100", "tok_good")
			p.kill(server.URL, seam)
			rescue(p, "authorized 100/0/0", "payment.authorized")
			captured := p.later("40")
			p.kill(server.URL, seam)
			rescue(p, "partlyCaptured 100/40/0", "payment.partlyCaptured")
			if c.gateway.done[p.attempt] != 1 || c.gateway.done[captured] != 1 || c.gateway.has(p.attempt) != "authorized 100/40/0" {
				t.Errorf("authorized %d times, captured %d times: %s", c.gateway.done[p.attempt], c.gateway.done[captured], c.gateway.has(p.attempt))
			}
		})
	}
}

// later queues a capture as a shipment does, for somebody else to ask for, and gives its id.
func (p *paid) later(due string) (id string) {
	p.T.Helper()
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, p.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller); err != nil {
			return err
		}
		entries, err := payment.CaptureShipped(ctx, tx, p.Caller, p.order, euros(decimal.RequireFromString(due)), false)
		if err == nil && len(entries) == 1 {
			id = entries[0].IDs[0]
		}
		return err
	})
	if err != nil || id == "" {
		p.T.Fatalf("nothing was queued: %v", err)
	}
	return id
}
