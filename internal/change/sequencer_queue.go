package change

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

// moveLimit bounds the changes of one transaction of the sequencer.
const moveLimit = 500

const (
	stateSQL = "select position, hash, token from feed_state for update"
	// takeSQL takes what has committed. A change that commits later with a lower seq comes later; it cannot speak of a
	// record that one of these speaks of, since that record's lock was held until then.
	takeSQL = `with taken as (
  delete from change_pending where seq in (select seq from change_pending order by seq limit $1) returning seq, change_id
) select c.id, greatest(cardinality(c.ids), 1), hanse_change_digest(c) from taken t join change c on c.id = t.change_id order by t.seq`
	linkSQL = `insert into feed (position, change_id, items, hash)
  select $1 + n, id, items, hash from unnest($2::uuid[], $3::int[], $4::bytea[]) with ordinality as l(id, items, hash, n)`
	advanceSQL = "update feed_state set position = $1, hash = $2, token = $3"
)

// queue moves pending changes over one connection of its own: a pool that requests have emptied must not stop the feed.
type queue struct {
	pool  *pgxpool.Pool
	conn  *pgx.Conn
	token int64
}

func (q *queue) connect(ctx context.Context) error {
	if q.conn != nil && !q.conn.IsClosed() {
		return nil
	}
	config := q.pool.Config().ConnConfig
	config.RuntimeParams["application_name"] = "hanse sequencer"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect the sequencer: %w", err)
	}
	q.conn = conn
	return nil
}

func (q *queue) close() {
	if q.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = q.conn.Close(ctx)
	q.conn = nil
}

// move gives the oldest pending changes the next positions and says how many they were. The error is postgres.ErrFenced
// if a sequencer with a later lease has been at work.
func (q *queue) move(ctx context.Context) (n int, err error) {
	if err := q.connect(ctx); err != nil {
		return 0, err
	}
	err = pgx.BeginFunc(ctx, q.conn, func(tx pgx.Tx) error {
		n, err = q.moveIn(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("move changes into the feed: %w", err)
	}
	return n, nil
}

// taken are the changes of one move, by column.
type taken struct {
	ids    []string
	items  []int32
	hashes [][]byte
}

func (q *queue) moveIn(ctx context.Context, tx pgx.Tx) (int, error) {
	position, hash, t, err := q.take(ctx, tx)
	if err != nil || len(t.ids) == 0 {
		return 0, err
	}
	for i, digest := range t.hashes {
		hash = link(hash, digest)
		t.hashes[i] = hash
	}
	b := &pgx.Batch{}
	b.Queue(linkSQL, position, t.ids, t.items, t.hashes)
	b.Queue(advanceSQL, position+int64(len(t.ids)), hash, q.token)
	return len(t.ids), tx.SendBatch(ctx, b).Close()
}

// take locks the feed's end and takes the pending changes, in one round trip. The second statement has a snapshot of its
// own, taken after the lock.
func (q *queue) take(ctx context.Context, tx pgx.Tx) (position int64, hash []byte, t taken, err error) {
	b := &pgx.Batch{}
	b.Queue(stateSQL)
	b.Queue(takeSQL, moveLimit)
	results := tx.SendBatch(ctx, b)
	defer func() { _ = results.Close() }()
	var token int64
	if err := results.QueryRow().Scan(&position, &hash, &token); err != nil {
		return 0, nil, t, fmt.Errorf("lock the feed's end: %w", err)
	}
	if token > q.token {
		return 0, nil, t, fmt.Errorf("%w: token %d is at work, this is %d", postgres.ErrFenced, token, q.token)
	}
	rows, err := results.Query()
	if err != nil {
		return 0, nil, t, err
	}
	var id string
	var items int32
	var digest []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &items, &digest}, func() error {
		t.ids, t.items, t.hashes = append(t.ids, id), append(t.items, items), append(t.hashes, append([]byte(nil), digest...))
		return nil
	})
	return position, hash, t, err
}
