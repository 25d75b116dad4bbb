package shipping

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/module"
)

// How long an answer is good for the next buyer with the same parcels. A carrier that fails is left alone for a moment, so
// that not every page waits for it.
const (
	ratesKept    = 10 * time.Minute
	failuresKept = 15 * time.Second
)

const recallSQL = `SELECT key, answered_at, rates FROM shipping_rate WHERE organization_id = $1 AND key = ANY($2) AND expires_at > now()`

// keepSQL writes any number of answers, and takes a few old ones away.
const keepSQL = `WITH old AS (DELETE FROM shipping_rate WHERE id IN (SELECT id FROM shipping_rate
    WHERE expires_at < now() - interval '1 hour' AND NOT (organization_id = $1 AND key = ANY($3))
    ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED))
INSERT INTO shipping_rate (id, organization_id, key, channel_id, rates, answered_at, expires_at)
SELECT a.id, $1, a.key, a.channel, a.rates, $7, now() + make_interval(secs => a.seconds)
FROM unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::jsonb[], $6::float8[]) AS a(id, key, channel, rates, seconds)
ON CONFLICT (organization_id, key) DO UPDATE SET rates = excluded.rates, answered_at = excluded.answered_at, expires_at = excluded.expires_at,
  updated_at = now(), revision = shipping_rate.revision + 1`

// kept is an answer in the cache.
type kept struct {
	answer
	err error
}

// recall finds the answers that are still good, by key.
func (d *Desk) recall(ctx context.Context, organization string, questions []*question) (map[string]kept, error) {
	var keys [][]byte
	for _, q := range questions {
		if q.traits.Live {
			keys = append(keys, q.key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := d.DB.Query(ctx, recallSQL, organization, keys)
	if err != nil {
		return nil, err
	}
	found := map[string]kept{}
	var key []byte
	var at time.Time
	var rates *json.RawMessage
	_, err = pgx.ForEachRow(rows, []any{&key, &at, &rates}, func() error {
		k := kept{answer: answer{at: at}}
		if rates == nil {
			k.err = errSilent
		} else if err := json.Unmarshal(*rates, &k.Rates); err != nil {
			return fmt.Errorf("read cached rates: %w", err)
		}
		found[string(key)] = k
		return nil
	})
	return found, err
}

// keep stores what live carriers answered, or that they did not.
func (d *Desk) keep(ctx context.Context, organization string, at time.Time, asked []*question) error {
	var ids, channels []string
	var keys [][]byte
	var rates []*string
	var seconds []float64
	for _, q := range asked {
		if !q.traits.Live {
			continue
		}
		ids, channels, keys = append(ids, uuid.Must(uuid.NewV7()).String()), append(channels, q.channel), append(keys, q.key)
		if q.err != nil {
			rates, seconds = append(rates, nil), append(seconds, failuresKept.Seconds())
			continue
		}
		text, err := json.Marshal(append([]module.Rate{}, q.answer.Rates...))
		if err != nil {
			return err
		}
		written := string(text)
		rates, seconds = append(rates, &written), append(seconds, ratesKept.Seconds())
	}
	if len(ids) == 0 {
		return nil
	}
	// The buyer may have gone; the answer is still good for the next.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, err := d.DB.Exec(ctx, keepSQL, organization, ids, keys, channels, rates, seconds, at)
	return err
}
