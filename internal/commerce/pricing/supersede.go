package pricing

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
)

// Period is a time for which a sender has given all prices of a product, in one unit and currency, on one list, as an ERP's
// condition record does with its scale.
type Period struct {
	List, Product, Unit, Currency string   // by key
	From, Until                   string   // first and last day, yyyy-mm-dd; "" is open
	Steps                         []string // least quantities of the prices given, which begin on From
	// Ended: there are no such prices any more. Only what begins on From goes then.
	Ended bool
	// Row tells which periods were given together: what one of them gives another does not take away.
	Row int
}

// supersedeSQL finds stored prices whose time a period covers, in part or whole, and that were not given with it:
//
//   - gone: it lies within the period, or its rest would be in the place of another price;
//   - moved: it begins within and outlasts the period, so it begins the day after;
//   - cut: it begins before, so it ends the day before; if it outlasts the period too, its rest is told for insertRestSQL.
const supersedeSQL = `WITH said AS MATERIALIZED (
  SELECT s.row, l.id AS list, p.id AS product, u.id AS unit, s.currency, s.first, s.last, s.ended, s.steps::numeric[] AS steps
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[], $9::bool[], $10::text[])
    AS s(row, list, sku, unit, currency, first, last, ended, steps)
  JOIN price_list l ON l.organization_id = $1 AND l.code = s.list
  JOIN product p ON p.organization_id = $1 AND p.sku = s.sku
  JOIN unit u ON u.organization_id = $1 AND u.code = s.unit
), met AS MATERIALIZED (
  SELECT DISTINCT ON (r.id) r.id, s.row, s.ended, s.first, s.last, r.valid_until,
    r.valid_from IS NULL AND s.first IS NOT NULL OR r.valid_from < s.first AS earlier,
    r.valid_until IS NULL AND s.last IS NOT NULL OR r.valid_until > s.last AS later,
    EXISTS (SELECT FROM price o WHERE (o.price_list_id, o.product_id, o.unit_id, o.currency, o.min_quantity, o.valid_from)
      = (r.price_list_id, r.product_id, r.unit_id, r.currency, r.min_quantity, s.last + 1)) AS followed
  FROM said s JOIN price r ON r.price_list_id = s.list AND r.product_id = s.product AND r.unit_id = s.unit AND r.currency = s.currency
  WHERE CASE WHEN s.ended THEN r.valid_from IS NOT DISTINCT FROM s.first
      ELSE coalesce(r.valid_from <= s.last, true) AND coalesce(r.valid_until >= s.first, true) END
    AND NOT EXISTS (SELECT FROM said g WHERE g.row = s.row AND (g.list, g.product, g.unit, g.currency) = (s.list, s.product, s.unit, s.currency)
      AND NOT g.ended AND g.first IS NOT DISTINCT FROM r.valid_from AND r.min_quantity = ANY (g.steps))
  ORDER BY r.id, s.row
), gone AS (
  DELETE FROM price r USING met m WHERE r.id = m.id AND (m.ended OR NOT coalesce(m.earlier, false) AND (NOT coalesce(m.later, false) OR m.followed))
  RETURNING r.id, m.row
), moved AS (
  UPDATE price r SET valid_from = m.last + 1, updated_at = now(), revision = r.revision + 1
  FROM met m WHERE r.id = m.id AND NOT m.ended AND NOT coalesce(m.earlier, false) AND m.later AND NOT m.followed RETURNING r.id, m.row
), cut AS (
  UPDATE price r SET valid_until = m.first - 1, updated_at = now(), revision = r.revision + 1
  FROM met m WHERE r.id = m.id AND NOT m.ended AND m.earlier
  RETURNING r.id, m.row, CASE WHEN m.later AND NOT m.followed THEN (m.last + 1)::text END AS rest, m.valid_until::text AS until
)
SELECT 'gone', id::text, row, NULL::text, NULL::text FROM gone
UNION ALL SELECT 'moved', id::text, row, NULL, NULL FROM moved
UNION ALL SELECT 'cut', id::text, row, rest, until FROM cut`

const insertRestSQL = `INSERT INTO price (id, organization_id, price_list_id, product_id, unit_id, currency, min_quantity, amount, per, custom,
  valid_from, valid_until)
SELECT n.id, p.organization_id, p.price_list_id, p.product_id, p.unit_id, p.currency, p.min_quantity, p.amount, p.per, p.custom, n.first, n.last
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[]) AS n(id, of, first, last) JOIN price p ON p.id = n.of`

// Supersede makes room for prices that were just written: no two of a product, unit and currency on a list are to be valid
// on one day with different scales. It gives the rows of periods for which anything changed.
func Supersede(ctx context.Context, tx pgx.Tx, caller access.Caller, periods []Period) (rows map[int]bool, err error) {
	rows, args := map[int]bool{}, columnsOf(caller, periods)
	for range 1 + len(periods) { // a rest may lie in the time of a further period
		moved := superseded{rows: rows}
		found, err := tx.Query(ctx, supersedeSQL, args...)
		if err == nil {
			err = moved.read(found)
		}
		if err == nil && len(moved.rests) > 0 {
			_, err = tx.Exec(ctx, insertRestSQL, moved.rests, moved.of, moved.first, moved.last)
		}
		if err == nil {
			err = change.Append(ctx, tx, caller, moved.entries()...)
		}
		if err != nil {
			return nil, fmt.Errorf("making room for the prices of %d periods: %w", len(periods), err)
		}
		if len(moved.rests) == 0 {
			break
		}
	}
	return rows, nil
}

// columnsOf are the parameters of supersedeSQL.
func columnsOf(caller access.Caller, periods []Period) []any {
	n := len(periods)
	rows, ended := make([]int32, n), make([]bool, n)
	lists, products, units, currencies, steps := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	from, until := make([]*string, n), make([]*string, n)
	for i, p := range periods {
		rows[i], ended[i] = int32(p.Row), p.Ended //#nosec G115 -- the place of a row in its chunk
		lists[i], products[i], units[i], currencies[i] = p.List, p.Product, p.Unit, p.Currency
		steps[i] = "{" + strings.Join(p.Steps, ",") + "}"
		from[i], until[i] = optional(p.From), optional(p.Until)
	}
	return []any{caller.Organization, rows, lists, products, units, currencies, from, until, ended, steps}
}

// superseded is what one round of supersedeSQL did.
type superseded struct {
	rows           map[int]bool
	gone, changed  []string
	cut, movedFrom bool
	rests, of      []string
	first, last    []*string
}

func (s *superseded) read(found pgx.Rows) error {
	var what, id string
	var row int
	var rest, until *string
	_, err := pgx.ForEachRow(found, []any{&what, &id, &row, &rest, &until}, func() error {
		s.rows[row] = true
		switch what {
		case "gone":
			s.gone = append(s.gone, id)
		case "moved":
			s.changed, s.movedFrom = append(s.changed, id), true
		case "cut":
			s.changed, s.cut = append(s.changed, id), true
		}
		if rest != nil {
			s.rests, s.of = append(s.rests, uuid.Must(uuid.NewV7()).String()), append(s.of, id)
			s.first, s.last = append(s.first, rest), append(s.last, until)
		}
		return nil
	})
	return err
}

func (s *superseded) entries() (entries []change.Entry) {
	if len(s.gone) > 0 {
		entries = append(entries, change.Entry{Resource: "prices", Event: change.Deleted, IDs: s.gone})
	}
	if len(s.changed) > 0 {
		e := change.Entry{Resource: "prices", Event: change.Updated, IDs: s.changed}
		if s.movedFrom {
			e.Fields = append(e.Fields, "validFrom")
		}
		if s.cut {
			e.Fields = append(e.Fields, "validUntil")
		}
		entries = append(entries, e)
	}
	if len(s.rests) > 0 {
		entries = append(entries, change.Entry{Resource: "prices", Event: change.Created, IDs: s.rests})
	}
	return entries
}
