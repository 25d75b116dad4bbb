package inventory

import (
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
)

// lookSQL finds the lines that stock does not suffice for at this moment. It locks nothing.
var lookSQL = strings.NewReplacer("{locked}", "", "$3", "$2", "$4", "$3", "$5", "$4", "$6", "$5").Replace(demandSQL) +
	` SELECT s.n - 1, s.available FROM short s ORDER BY 1`

// QueueLook asks in a batch for which lines stock would not suffice now, by the rule of Reserve. Nothing is reserved, so who
// reserves later may still come too late. What it gives is filled when the batch has run; it is nobody's error.
func QueueLook(batch *pgx.Batch, organization string, lines []Line) *Short {
	ids, products, units, quantities := columns(lines)
	if len(lines) > fewLines {
		batch.Queue("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
	}
	short := &Short{}
	batch.Queue(lookSQL, organization, ids, products, units, quantities).Query(func(rows pgx.Rows) error {
		var line int
		var available decimal.Decimal
		_, err := pgx.ForEachRow(rows, []any{&line, &available}, func() error {
			short.Lines = append(short.Lines, Shortage{line, available})
			return nil
		})
		return err
	})
	return short
}
