package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	business "github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

const organization = "0190a000-0000-7000-8000-00000000000a"

var caller = access.SystemCaller(organization, "test")

// desk is a ledger with one partner.
type desk struct {
	*exchange.Ledger
	pool    *pgxpool.Pool
	partner string
}

func newDesk(t testing.TB) desk {
	t.Helper()
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations(), exchange.Migrations(), record.Migrations(), business.Migrations())
	partner := uuid.Must(uuid.NewV7()).String()
	_, err := pool.Exec(context.Background(), "insert into partner (id, organization_id, code, name) values ($1, $2, 'SAP', 'SAP')",
		partner, organization)
	if err != nil {
		t.Fatal(err)
	}
	return desk{exchange.NewLedger(pool), pool, partner}
}

func (d desk) arrival(name string, content byte) exchange.Arrival {
	return exchange.Arrival{Point: exchange.FilesPoint, Partner: d.partner, Name: name, Path: "in/" + name,
		Hash: strings.Repeat(fmt.Sprintf("%02x", content), 32), Size: 10, Window: 12 * time.Hour}
}

func (d desk) receive(t testing.TB, a exchange.Arrival) exchange.Receipt {
	t.Helper()
	r, err := d.Receive(context.Background(), caller, a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d desk) start(t testing.TB, id string) *exchange.Run {
	t.Helper()
	r, err := d.StartRun(context.Background(), caller, id, "node")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// chunk processes rows of a run up to a row, as an import does.
func (d desk) chunk(r *exchange.Run, upTo int64, delta exchange.Counts, issues ...exchange.Issue) error {
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		if err := r.Lock(ctx, tx); err != nil {
			return err
		}
		if _, err := exchange.Record(ctx, tx, caller, r.Exchange, issues...); err != nil {
			return err
		}
		return r.Save(ctx, tx, upTo, delta)
	})
	if err == nil {
		r.Advance(upTo, delta)
	}
	return err
}

func (d desk) progress(t testing.TB, id string) exchange.Progress {
	t.Helper()
	p, err := d.Progress(context.Background(), caller, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRunIsResumedAtItsCheckpoint(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	receipt := d.receive(t, d.arrival("products_1.csv", 1))
	if receipt.Status != exchange.Received || receipt.DuplicateOf != "" || receipt.Known {
		t.Fatalf("receipt %+v", receipt)
	}
	first := d.start(t, receipt.ID)
	if err := d.Estimate(ctx, caller, first, 3000, "utf-8"); err != nil {
		t.Fatal(err)
	}
	if err := d.chunk(first, 1000, exchange.Counts{Read: 1000, Created: 990, Failed: 10}); err != nil {
		t.Fatal(err)
	}
	second := d.start(t, receipt.ID)
	want := &exchange.Run{ID: first.ID, Exchange: receipt.ID, Attempt: 1, Fence: 2, Checkpoint: 1000,
		Counts: exchange.Counts{Read: 1000, Created: 990, Failed: 10}}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("the second node goes on elsewhere:\n%s", diff)
	}
	if err := d.chunk(first, 2000, exchange.Counts{Read: 1000}); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("the first node writes on: %v", err)
	}
	if _, err := d.Finish(ctx, caller, first); !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("the first node finishes: %v", err)
	}
	if err := d.chunk(second, 3000, exchange.Counts{Read: 2000, Updated: 2000}); err != nil {
		t.Fatal(err)
	}
	if p := d.progress(t, receipt.ID); p.Status != exchange.Processing || p.Counts.Read != 3000 || p.Checkpoint != 3000 || p.Estimate != 3000 {
		t.Errorf("progress %+v", p)
	}
	status, err := d.Finish(ctx, caller, second)
	if err != nil || status != exchange.PartlyDone {
		t.Fatalf("%s, %v", status, err)
	}
	if p := d.progress(t, receipt.ID); p.Status != exchange.PartlyDone || p.Counts.Updated != 2000 || p.Counts.Failed != 10 {
		t.Errorf("progress %+v", p)
	}
}

func TestSameFileIsKnownUntilItIsPlaced(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	a := d.arrival("products_1.csv", 1)
	first := d.receive(t, a)
	if again := d.receive(t, a); again.ID != first.ID || !again.Known || again.Status != exchange.Received {
		t.Errorf("after a crash before the run: %+v", again)
	}
	if _, err := d.Finish(ctx, caller, d.start(t, first.ID)); err != nil {
		t.Fatal(err)
	}
	if again := d.receive(t, a); again.ID != first.ID || !again.Known || again.Status != exchange.Done {
		t.Errorf("after a crash before the move: %+v", again)
	}
	if err := d.Placed(ctx, caller, first.ID, "archive/products_1.csv"); err != nil {
		t.Fatal(err)
	}
	again := d.receive(t, a)
	if again.ID == first.ID || again.Known || again.DuplicateOf != first.ID || again.Status != exchange.Done {
		t.Errorf("sent again: %+v", again)
	}
}

func TestResendHasTheFirstOnesEnd(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	first := d.receive(t, d.arrival("a.csv", 1))
	run := d.start(t, first.ID)
	early := d.receive(t, d.arrival("b.csv", 1))
	if early.DuplicateOf != first.ID || early.Status != exchange.Processing {
		t.Errorf("a resend during processing: %+v", early)
	}
	if err := d.Refuse(ctx, caller, first.ID, run, exchange.Reason{Code: "envelope", Text: "the envelope is cut off"}); err != nil {
		t.Fatal(err)
	}
	late := d.receive(t, d.arrival("c.csv", 1))
	for _, r := range []exchange.Receipt{early, late} {
		p := d.progress(t, r.ID)
		if p.Status != exchange.Refused || p.Reason.Code != "envelope" || p.Counts != (exchange.Counts{}) {
			t.Errorf("a resend ends as %+v", p)
		}
	}
	if m, err := d.Message(ctx, caller, late.ID); err != nil || m.DuplicateOf != first.ID || m.Name != "c.csv" || m.Size != 10 {
		t.Errorf("message %+v, %v", m, err)
	}
	other := d.arrival("c.csv", 2)
	if r := d.receive(t, other); r.DuplicateOf != "" {
		t.Errorf("other content counts as a resend: %+v", r)
	}
	forced := d.arrival("d.csv", 1)
	forced.Window = 0
	if r := d.receive(t, forced); r.DuplicateOf != "" || r.Status != exchange.Received {
		t.Errorf("outside the window: %+v", r)
	}
	again := d.start(t, late.ID)
	if again.Attempt != 1 || d.progress(t, late.ID).Status != exchange.Processing {
		t.Errorf("a resend is not processed when asked for: %+v", again)
	}
}

func TestSameContentOnTwoNodesAtOnce(t *testing.T) {
	d := newDesk(t)
	receipts := make([]exchange.Receipt, 8)
	var wg sync.WaitGroup
	for i := range receipts {
		wg.Go(func() {
			var err error
			if receipts[i], err = d.Receive(context.Background(), caller, d.arrival(fmt.Sprintf("f%d.csv", i), 7)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	firsts := map[string]bool{}
	for _, r := range receipts {
		if r.DuplicateOf == "" {
			firsts[r.ID] = true
		}
	}
	if len(firsts) != 1 {
		t.Fatalf("%d exchanges claim to be the first", len(firsts))
	}
	for _, r := range receipts {
		if r.DuplicateOf != "" && !firsts[r.DuplicateOf] {
			t.Errorf("%+v points elsewhere", r)
		}
	}
}

func TestNextAttemptForgetsTheErrorsOfTheLast(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	receipt := d.receive(t, d.arrival("products_1.csv", 1))
	for attempt := 1; attempt <= 2; attempt++ {
		run := d.start(t, receipt.ID)
		if run.Attempt != attempt || run.Checkpoint != 0 || run.Counts != (exchange.Counts{}) {
			t.Fatalf("attempt %d: %+v", attempt, run)
		}
		bad := exchange.Issue{Line: 2, Key: "S1", Field: "name", Class: exchange.Value, Severity: exchange.Failure, Code: "too_long", Detail: "too long"}
		if err := d.chunk(run, 1, exchange.Counts{Read: 1, Failed: 1}, bad); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Finish(ctx, caller, run); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.issues(t, receipt.ID)); n != 1 {
		t.Errorf("%d errors stand, want those of the last attempt", n)
	}
}

func (d desk) issues(t testing.TB, id string) []string {
	t.Helper()
	rows, err := d.pool.Query(context.Background(), `select format('%s %s %s x%s', severity, coalesce(line, 0), code, count)
		from exchange_error where exchange_id = $1 order by line nulls first, code`, id)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEqualWarningsAreGrouped(t *testing.T) {
	d := newDesk(t)
	run := d.start(t, d.receive(t, d.arrival("products_1.csv", 1)).ID)
	issue := func(line int, severity exchange.Severity, code string) exchange.Issue {
		return exchange.Issue{Line: line, Key: fmt.Sprint("S", line), Class: exchange.Missing, Severity: severity, Code: code, Detail: code + " is not known"}
	}
	var many []exchange.Issue
	for line := range 12000 {
		many = append(many, issue(line+2, exchange.Warning, "category"))
	}
	if err := d.chunk(run, 1, exchange.Counts{}, append(many, issue(2, exchange.Failure, "unit"))...); err != nil {
		t.Fatal(err)
	}
	if err := d.chunk(run, 2, exchange.Counts{}, issue(3, exchange.Failure, "unit"), issue(20000, exchange.Warning, "category"),
		issue(0, exchange.Warning, "column")); err != nil {
		t.Fatal(err)
	}
	want := []string{"warning 0 column x1", "warning 2 category x12001", "error 2 unit x1", "error 3 unit x1"}
	got := d.issues(t, run.Exchange)
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Error(diff)
	}
}

func TestOutboundIsCollectedAndAnswered(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	order := uuid.Must(uuid.NewV7()).String()
	var id string
	err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) (err error) {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		id, err = exchange.Send(ctx, tx, caller, exchange.Departure{Point: exchange.FilesPoint, Partner: d.partner, Name: "orders_1.xml",
			Kind: "ORDERS05", Reference: "0000000000000042", RecordType: "orders", Record: order})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	collect := func(path, want string) {
		t.Helper()
		err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			if err := access.Enter(ctx, tx, caller); err != nil {
				return err
			}
			got, _, _, err := exchange.Collected(ctx, tx, d.partner, path, time.Now())
			if got != want {
				t.Errorf("%s is exchange %q, want %q", path, got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	collect("out/other.xml", "")
	collect("out/orders_1.xml", id) // by a partner who is quicker than we
	if err := d.Sent(ctx, caller, id, strings.Repeat("ab", 32), 99, "out/orders_1.xml"); err != nil {
		t.Fatal(err)
	}
	collect("out/orders_1.xml", "") // that was noted
	acknowledge := func(reference string, a exchange.Answer) (m exchange.Acknowledged, err error) {
		err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			if err := access.Enter(ctx, tx, caller); err != nil {
				return err
			}
			m, err = exchange.Acknowledge(ctx, tx, d.partner, reference, a)
			return err
		})
		return m, err
	}
	if _, err := acknowledge("nothing", exchange.Answer{}); !errors.Is(err, exchange.ErrUnknown) {
		t.Errorf("an answer to nothing: %v", err)
	}
	ten := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, said := range []struct {
		a     exchange.Answer
		stale bool
		is    string
	}{
		{exchange.Answer{Text: "at an unknown time"}, false, "rejected at an unknown time"},
		{exchange.Answer{Accepted: true, Text: "posted", Time: ten}, false, "accepted posted"},
		{exchange.Answer{Text: "blocked", Time: ten.Add(-time.Minute)}, true, "accepted posted"},
		{exchange.Answer{Text: "blocked in that second", Time: ten}, true, "accepted posted"},
		{exchange.Answer{Text: "deleted", Time: ten.Add(time.Minute)}, false, "rejected deleted"},
		{exchange.Answer{Accepted: true, Text: "posted", Time: ten}, true, "rejected deleted"},
		{exchange.Answer{Accepted: true, Text: "now"}, false, "accepted now"},
	} {
		m, err := acknowledge("0000000000000042", said.a)
		if want := (exchange.Acknowledged{Exchange: id, RecordType: "orders", Record: order, Stale: said.stale}); err != nil || m != want {
			t.Errorf("answer %v to %+v, %v", said.a, m, err)
		}
		var is string
		if err := d.pool.QueryRow(ctx, "SELECT acknowledgement || ' ' || acknowledgement_text FROM exchange WHERE id = $1", id).Scan(&is); err != nil || is != said.is {
			t.Errorf("after %v it is %q, want %q; %v", said.a, is, said.is, err)
		}
	}
}

func TestExchangesOfOthersDoNotExist(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	id := d.receive(t, d.arrival("a.csv", 1)).ID
	stranger := access.SystemCaller(uuid.Must(uuid.NewV7()).String(), "test")
	if _, err := d.Message(ctx, stranger, id); !errors.Is(err, exchange.ErrUnknown) {
		t.Errorf("another organization reads it: %v", err)
	}
	if _, err := d.StartRun(ctx, stranger, id, "node"); !errors.Is(err, exchange.ErrUnknown) {
		t.Errorf("another organization runs it: %v", err)
	}
	if err := d.Placed(ctx, stranger, id, "x"); !errors.Is(err, exchange.ErrUnknown) {
		t.Errorf("another organization moves it: %v", err)
	}
}

func TestDefinitionsMatchTables(t *testing.T) {
	d, ctx := newDesk(t), context.Background()
	schema, err := resource.NewSchema(exchange.Resources(), business.Resources())
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Verify(ctx, d.pool, schema); err != nil {
		t.Error(err)
	}
}
