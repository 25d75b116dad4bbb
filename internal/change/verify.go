package change

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Verdict is what VerifyChain found.
type Verdict struct {
	From, To int64  // positions that were looked at; equal to 0 when the feed is empty
	Hash     []byte // of the last position; kept elsewhere, it proves later that nothing up to here was altered
	// Broken is the first position whose change was altered, removed or put in later, 0 if there is none; Reason says
	// which.
	Broken int64
	Reason string
}

const (
	verifyStep = 2000
	verifySQL  = `select f.position, f.hash, f.items, cardinality(c.ids), hanse_change_digest(c)
from feed f left join change c on c.id = f.change_id where f.position > $1 and f.position <= $2 order by f.position limit $3`
)

// VerifyChain computes the audit chain again and compares. Where the oldest positions were dropped by retention, the
// oldest one kept is the anchor. Only the database's failure is an error.
func VerifyChain(ctx context.Context, pool *pgxpool.Pool) (Verdict, error) {
	var v Verdict
	var end []byte
	err := pool.QueryRow(ctx, `select coalesce((select min(position) from feed), 0), position, hash from feed_state`).
		Scan(&v.From, &v.To, &end)
	if err != nil {
		return v, fmt.Errorf("verify the audit chain: %w", err)
	}
	at := v.From - 1
	if v.From == 1 || v.To == 0 {
		v.Hash, at = make([]byte, sha256.Size), 0
	}
	for at < v.To && v.Broken == 0 {
		next, err := v.step(ctx, pool, at)
		if err != nil {
			return v, fmt.Errorf("verify the audit chain from position %d: %w", at+1, err)
		}
		if next == at {
			v.broken(at+1, "the feed ends before its recorded end")
		}
		at = next
	}
	if v.Broken == 0 && v.Hash != nil && !bytes.Equal(v.Hash, end) {
		v.broken(v.To, "the feed's recorded end has another hash")
	}
	return v, nil
}

// step verifies the next positions and gives the last of them.
func (v *Verdict) step(ctx context.Context, pool *pgxpool.Pool, at int64) (int64, error) {
	rows, err := pool.Query(ctx, verifySQL, at, v.To, verifyStep)
	if err != nil {
		return at, err
	}
	var position int64
	var hash, digest []byte
	var items int
	var count *int
	_, err = pgx.ForEachRow(rows, []any{&position, &hash, &items, &count, &digest}, func() error {
		switch {
		case position != at+1:
			v.broken(at+1, "the position is missing")
		case count == nil:
			v.broken(position, "the change is missing")
		case items != max(*count, 1):
			v.broken(position, "the number of records was altered")
		case v.Hash != nil && !bytes.Equal(hash, link(v.Hash, digest)):
			v.broken(position, "the change or its place was altered")
		}
		if v.Broken != 0 {
			return errBroken
		}
		at, v.Hash = position, bytes.Clone(hash)
		return nil
	})
	if errors.Is(err, errBroken) {
		err = nil
	}
	return at, err
}

var errBroken = errors.New("the chain is broken")

func (v *Verdict) broken(position int64, reason string) { v.Broken, v.Reason = position, reason }

// link is the hash of a position: over the one before and the digest of its change.
func link(previous, digest []byte) []byte {
	sum := sha256.Sum256(append(bytes.Clone(previous), digest...))
	return sum[:]
}
