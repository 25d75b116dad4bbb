package change

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

const (
	leaseName = "sequencer"
	// pollEvery is how often the queue is looked at unasked: a wake may get lost with its node.
	pollEvery = time.Second
	// retryAfter is the pause after a failure of the database.
	retryAfter = 200 * time.Millisecond
	// partitionsEvery and monthsAhead: partitions are made long before they are needed.
	partitionsEvery = 12 * time.Hour
	monthsAhead     = 3
)

// Sequencer gives committed changes their positions in the feed. Each node runs one; a lease makes one of them work, and
// the feed's fencing token keeps out a former one that does not know yet.
type Sequencer struct {
	// PollOnly makes the nodes do without LISTEN and NOTIFY, which a transaction pooler does not pass on. Set it before Run.
	PollOnly bool

	pool  *pgxpool.Pool
	lease *postgres.Lease
	log   *slog.Logger

	woken   chan struct{} // something was committed on this node
	work    chan struct{} // something was committed anywhere
	leading atomic.Bool

	mu    sync.Mutex
	grown chan struct{} // closed when the feed grows
}

// NewSequencer prepares the sequencer of a node; Run starts it. log may be nil.
func NewSequencer(pool *pgxpool.Pool, node string, log *slog.Logger) *Sequencer {
	if log == nil {
		log = slog.Default()
	}
	lease := postgres.NewLease(pool, leaseName, node)
	lease.Log = log
	return &Sequencer{pool: pool, lease: lease, log: log, woken: make(chan struct{}, 1), work: make(chan struct{}, 1),
		grown: make(chan struct{})}
}

// Wake tells that a transaction with changes has committed. It never waits and is cheap to call too often.
func (s *Sequencer) Wake() { poke(s.woken) }

// Grown is closed when the feed has new events; take a new one before each read. A consumer should read every few seconds
// besides: word from other nodes may get lost.
func (s *Sequencer) Grown() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

func (s *Sequencer) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
}

// Run works until ctx ends and returns its error.
func (s *Sequencer) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.relay(ctx) })
	if !s.PollOnly {
		g.Go(func() error { return s.listen(ctx) })
	}
	g.Go(func() error { return s.lease.Keep(ctx, s.lead) })
	return g.Wait()
}

// lead moves changes into the feed for as long as the lease is held.
func (s *Sequencer) lead(ctx context.Context, token int64) error {
	s.leading.Store(true)
	defer s.leading.Store(false)
	q := &queue{pool: s.pool, token: token}
	defer q.close()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	var partitions time.Time
	for {
		if time.Since(partitions) > partitionsEvery {
			if err := s.extend(ctx); err != nil {
				s.log.Warn("change log: "+err.Error(), "advice", "run hanse doctor; until then rows go to the default partition")
			}
			partitions = time.Now()
		}
		err := s.drain(ctx, q)
		switch {
		case errors.Is(err, postgres.ErrFenced):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			s.log.Warn("change log: the sequencer goes on after a failure", "error", err)
			q.close()
			wait(ctx, retryAfter, nil, nil)
			continue
		}
		wait(ctx, 0, s.work, poll.C)
	}
}

// drain moves until nothing is left, and tells the readers.
func (s *Sequencer) drain(ctx context.Context, q *queue) error {
	for {
		n, err := q.move(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			s.announce()
			if err := s.tell(ctx, q); err != nil {
				return err
			}
		}
		if n < moveLimit {
			return nil
		}
	}
}

// tell lets other nodes know of the feed's growth.
func (s *Sequencer) tell(ctx context.Context, q *queue) error {
	if s.PollOnly {
		return nil
	}
	if _, err := q.conn.Exec(ctx, "select pg_notify($1, '')", feedChannel); err != nil {
		return fmt.Errorf("tell other nodes of the feed: %w", err)
	}
	return nil
}

// extend makes the coming partitions of all tables that are partitioned by the range of their ids.
func (s *Sequencer) extend(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, `select hanse_extend_partitions(partrelid, $1) from pg_partitioned_table
		where partstrat = 'r' and pg_table_is_visible(partrelid)`, monthsAhead); err != nil {
		return fmt.Errorf("make the coming months' partitions: %w", err)
	}
	return nil
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// wait returns at the first of the signals, after d if it is not zero, or when ctx ends.
func wait(ctx context.Context, d time.Duration, work <-chan struct{}, poll <-chan time.Time) {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-ctx.Done():
	case <-work:
	case <-poll:
	case <-after:
	}
}
