package command

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the table of idempotency keys.
func Migrations() postgres.Source {
	files, _ := fs.Sub(migrations, "migrations")
	return postgres.Source{Area: "command", FS: files}
}

// slot is the place of one idempotency key; it is taken in the transaction of the command, so that a failed command
// leaves the key free.
type slot struct {
	call   *Call
	key    string
	hash   []byte
	result string
}

// claim takes the key for this request. A key whose command is running elsewhere is refused, one that was used for another
// request too; one whose command is done gives its result.
func claim(ctx context.Context, tx pgx.Tx, call *Call, key string) (*slot, bool, error) {
	s := &slot{call: call, key: key}
	if key == "" {
		return s, false, nil
	}
	s.hash = fingerprint(call)
	var mine bool
	err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))",
		call.Caller.Organization+call.Caller.Actor.ID+"|"+key).Scan(&mine)
	if err != nil {
		return s, false, fmt.Errorf("%s: locking the idempotency key: %w", call.Command.Path(), err)
	}
	if !mine {
		return s, false, Refuse("in_flight", "", "A request with this Idempotency-Key is still running; send it again in a moment.")
	}
	var hash []byte
	err = tx.QueryRow(ctx, `SELECT request_hash, coalesce(result_id::text, '') FROM idempotency_key
		WHERE organization_id = $1 AND actor = $2 AND key = $3`, call.Caller.Organization, actor(call), key).Scan(&hash, &s.result)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return s, false, nil
	case err != nil:
		return s, false, fmt.Errorf("%s: reading the idempotency key: %w", call.Command.Path(), err)
	case string(hash) != string(s.hash):
		return s, false, Refuse("idempotency_key_reused", "", "This Idempotency-Key was used for another request; choose a new one.")
	}
	return s, true, nil
}

func (s *slot) fill(ctx context.Context, tx pgx.Tx, result string) error {
	if s.key == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO idempotency_key (organization_id, actor, key, command, request_hash, result_id)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')::uuid)`,
		s.call.Caller.Organization, actor(s.call), s.key, s.call.Command.Path(), s.hash, result)
	if err != nil {
		return fmt.Errorf("%s: keeping the idempotency key: %w", s.call.Command.Path(), err)
	}
	return nil
}

func actor(c *Call) string { return string(c.Caller.Actor.Kind) + ":" + c.Caller.Actor.ID }

// fingerprint tells requests apart: command, target and input.
func fingerprint(c *Call) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s|%s", c.Command.Path(), c.Target)
	for _, v := range c.Input {
		fmt.Fprintf(h, "|%d:%d:%s", v.State, len(v.Text), v.Text)
	}
	return h.Sum(nil)
}
