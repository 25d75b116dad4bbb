package order

import (
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/money"
)

// placeSQL finds where the goods go; an address of another customer is none.
const placeSQL = `SELECT coalesce(a.company, ''), a.street, coalesce(a.street2, ''), coalesce(a.postal_code, ''), a.city, coalesce(a.region, ''), a.country
FROM customer_address a WHERE a.id = nullif($1, '')::uuid AND a.customer_id = $2`

// quoteSQL finds the quote that was chosen; one of another checkout is none.
const quoteSQL = `SELECT q.code, q.name, coalesce(q.service, ''), coalesce(q.channel, ''), q.kind, coalesce(q.amount, 0), q.currency, q.pick_up,
  coalesce(q.fingerprint, ''), q.expires_at, coalesce(q.expires_at <= now(), false), coalesce(s.id::text, ''), coalesce(s.status, '')
FROM shipping_quote q LEFT JOIN shipping_method s ON s.id = q.method_id WHERE q.id = $1 AND q.checkout_id = $2`

// queuePlace asks where the goods go, which only what a carrier has to do with needs to know.
func (o *draft) queuePlace(batch *pgx.Batch) {
	batch.Queue(placeSQL, o.shippingAddress, o.buyer.customer).Query(func(rows pgx.Rows) error {
		to := &o.to
		for rows.Next() {
			if err := rows.Scan(&to.Company, &to.Street, &to.Street2, &to.PostalCode, &to.City, &to.Region, &to.Country); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// queueQuote asks for the quote that was chosen, which then is the way of shipping.
func (o *draft) queueQuote(batch *pgx.Batch) {
	id := o.way.quote
	o.way.quote = ""
	batch.Queue(quoteSQL, id, o.checkout).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			w := way{quote: id}
			var kind, currency string
			var cost decimal.Decimal
			if err := rows.Scan(&w.code, &w.name, &w.service, &w.carrier, &kind, &cost, &currency, &w.pickUp, &w.fingerprint, &w.expires,
				&w.expired, &w.method, &w.status); err != nil {
				return err
			}
			w.kind, w.cost = shipping.Kind(kind), money.Of(cost, currency).Round()
			o.way = w
		}
		return rows.Err()
	})
}
