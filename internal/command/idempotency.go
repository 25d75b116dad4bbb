package command

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/resource"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the table of idempotency keys.
func Migrations() postgres.Source {
	files, _ := fs.Sub(migrations, "migrations") // the folder is embedded above
	return postgres.Source{Area: "command", FS: files}
}

// maxKey is how many bytes an idempotency key may have.
const maxKey = 255

// slot is the place of one idempotency key. It is taken in the transaction of the command, so that a failed command leaves
// the key free.
type slot struct {
	call *Call
	key  string // "" for a request without
	hash []byte

	free   bool // nobody else is running the request
	kept   []byte
	result string
	done   bool
}

func newSlot(call *Call, target resource.Ref, key string) (*slot, error) {
	switch {
	case !call.Command.Idempotent:
		key = ""
	case len(key) > maxKey:
		return nil, Refuse(CodeKeyInvalid, "", "An Idempotency-Key has at most %d characters.", maxKey)
	}
	return &slot{call: call, key: key, hash: fingerprint(call, target)}, nil
}

// queue locks the key and reads what is kept under it. The lock ends with the transaction, when what it wrote is seen.
func (s *slot) queue(batch *pgx.Batch) {
	s.free, s.kept, s.result, s.done = true, nil, "", false
	if s.key == "" {
		return
	}
	organization, actor := s.call.Caller.Organization, s.actor()
	batch.Queue("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))", organization+"|"+actor+"|"+s.key).
		QueryRow(func(row pgx.Row) error { return row.Scan(&s.free) })
	batch.Queue(`SELECT request_hash, coalesce(result_id::text, '') FROM idempotency_key
		WHERE organization_id = $1 AND actor = $2 AND key = $3`, organization, actor, s.key).
		QueryRow(func(row pgx.Row) error {
			err := row.Scan(&s.kept, &s.result)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		})
}

// verdict refuses a key that was used for another request, or whose request is still running.
func (s *slot) verdict() error {
	switch {
	case s.kept != nil && string(s.kept) != string(s.hash):
		return Refuse(CodeKeyReused, "", "This Idempotency-Key was used for another request; choose a new one.")
	case s.kept != nil:
		s.done = true
	case !s.free:
		return Refuse(CodeKeyInFlight, "", "A request with this Idempotency-Key is still running; send it again in a moment.")
	}
	return nil
}

func (s *slot) fill(ctx context.Context, tx pgx.Tx, result string) error {
	if s.key == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO idempotency_key (organization_id, actor, key, command, request_hash, result_id)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')::uuid)`,
		s.call.Caller.Organization, s.actor(), s.key, s.call.Command.Path(), s.hash, result)
	if err != nil {
		return fmt.Errorf("%s: keeping the idempotency key: %w", s.call.Command.Path(), err)
	}
	return nil
}

// actor is whose key it is: two people may choose the same.
func (s *slot) actor() string {
	a := s.call.Caller.Actor
	if a.ID == "" {
		return string(a.Kind) + ":" + a.Name
	}
	return string(a.Kind) + ":" + a.ID
}

// fingerprint tells requests apart: command, target as it was named, and input.
func fingerprint(c *Call, target resource.Ref) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s|%q", c.Command.Path(), target.String())
	for _, v := range c.Input {
		fmt.Fprintf(h, "|%d:%d:%s", v.State, len(v.Text), v.Text)
	}
	return h.Sum(nil)
}

// Keep is how long an idempotency key is remembered at least.
const Keep = 30 * 24 * time.Hour

// sweepSize bounds the rows that one statement of a sweep deletes.
const sweepSize = 10_000

// Sweep forgets idempotency keys that are older than Keep and says how many. Any node may run it at any time.
func Sweep(ctx context.Context, db interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}) (forgotten int64, err error) {
	for {
		tag, err := db.Exec(ctx, `DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM idempotency_key WHERE created_at < now() - make_interval(secs => $1) LIMIT $2 FOR UPDATE SKIP LOCKED))`,
			Keep.Seconds(), sweepSize)
		if err != nil {
			return forgotten, fmt.Errorf("forgetting old idempotency keys: %w", err)
		}
		forgotten += tag.RowsAffected()
		if tag.RowsAffected() < sweepSize {
			return forgotten, nil
		}
	}
}
