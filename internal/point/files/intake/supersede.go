package intake

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/pricing"
)

// supersede lets stored prices make room for those that the chunk's rows give as the only ones of a time.
func (c *Chunk) supersede(ctx context.Context, tx pgx.Tx, caller access.Caller) error {
	var periods []pricing.Period
	for i, r := range c.Rows {
		if len(r.periods) == 0 || r.failed() || r.Skipped != "" || r.refused() {
			continue
		}
		for _, p := range r.periods {
			p.Row = i
			periods = append(periods, p)
		}
	}
	if len(periods) == 0 {
		return nil
	}
	rows, err := pricing.Supersede(ctx, tx, caller, periods)
	for i := range rows {
		c.Rows[i].cleared = true
	}
	return err
}

// span is when prices of one thing are valid; "" is open.
type span struct{ from, until string }

// meets compares days as text; a time without end has an empty last day.
func (s span) meets(o span) bool {
	return (o.until == "" || s.from <= o.until) && (s.until == "" || o.from <= s.until)
}

// overlaps reports whether a row gives all prices of a time of which a row of the chunk did so already, and takes note of
// its own. The later row counts, so it comes in a later transaction.
func (c *Chunk) overlaps(row *Row) (overlap bool) {
	if len(row.periods) > 0 && c.spans == nil {
		c.spans = map[string][]span{}
	}
	for _, p := range row.periods {
		for _, other := range c.spans[priced(p)] {
			overlap = overlap || other.meets(span{p.From, p.Until})
		}
	}
	for _, p := range row.periods {
		c.spans[priced(p)] = append(c.spans[priced(p)], span{p.From, p.Until})
	}
	return overlap
}

func priced(p pricing.Period) string {
	return strings.Join([]string{p.List, p.Product, p.Unit, p.Currency}, "\x00")
}
