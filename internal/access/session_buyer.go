package access

import (
	"context"
	"fmt"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Keys of a session's values that say whose it is.
const (
	SessionBuyer   = "buyer"   // UUID of a customer's user
	SessionWebsite = "website" // UUID of the shop that he logged in at
	SessionUser    = "user"    // UUID of a member of staff
)

// owner is what of a session's data is kept in columns too.
type owner struct{ subject, website, deadline any }

func ownerOf(data []byte) owner {
	deadline, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return owner{} // then the session has no owner in the columns, and only the library can read it
	}
	o := owner{deadline: deadline}
	for _, key := range []string{SessionBuyer, SessionUser} {
		id, _ := values[key].(string)
		if _, err := uuid.Parse(id); err == nil {
			o.subject = id
		}
	}
	if w, ok := values[SessionWebsite].(string); ok && w != "" {
		o.website = w
	}
	return o
}

// sessionBuyerSQL is buyerSQL for whoever a session belongs to; worn says that its idle time should start anew.
const sessionBuyerSQL = `with recursive s as materialized (
  select subject_id, coalesce(website, '') as website, expires_at, deadline from session
  where token = $1 and expires_at > now() and subject_id is not null
), below as (
  select u.customer_id as id from customer_user u join s on u.id = s.subject_id
  union select c.id from customer c join below b on c.parent_id = b.id
)
select u.id::text, u.organization_id, u.email, u.customer_id, array(select id::text from below), coalesce(k.group_id::text, ''),
  coalesce(w.id::text, ''), coalesce(k.currency, w.currency, o.currency, 'EUR'),
  coalesce(u.language, k.language, w.language, o.language, 'en'), coalesce(o.time_zone, 'UTC'),
  s.expires_at < least(s.deadline, now() + $2::interval) - interval '1 minute'
from s join customer_user u on u.id = s.subject_id and u.status = 'enabled'
join customer k on k.id = u.customer_id and k.status = 'enabled'
left join organization o on o.id = u.organization_id
left join lateral (select * from website w where w.organization_id = u.organization_id and w.status = 'enabled'
  and (s.website = '' or w.id = nullif(s.website, '')::uuid) order by w.code limit 1) w on true`

// BuyerOfSession is the caller that a session of the shop belongs to, found in one round trip. ErrGone: there is no such
// session, it has ended, or its buyer may not log in any more.
func (d *Directory) BuyerOfSession(ctx context.Context, token string) (Caller, error) {
	c := Caller{Side: Storefront, Actor: Actor{Kind: CustomerUser}}
	var worn *bool
	found, err := query(ctx, d, sessionBuyerSQL, func(row pgx.CollectableRow) (bool, error) {
		return true, row.Scan(&c.CustomerUser, &c.Organization, &c.Actor.Name, &c.Customer, &c.Customers, &c.CustomerGroup, &c.Website,
			&c.Currency, &c.Language, &c.TimeZone, &worn)
	}, sessionKey(token), sessionIdle)
	if err != nil {
		return Caller{}, fmt.Errorf("look up the buyer of a session: %w", err)
	}
	if len(found) == 0 {
		return Caller{}, fmt.Errorf("look up the buyer of a session: %w", ErrGone)
	}
	c.Actor.ID = c.CustomerUser
	if worn != nil && *worn {
		if _, err := d.pool.Exec(ctx, "update session set expires_at = least(deadline, now() + $2::interval) where token = $1", sessionKey(token), sessionIdle); err != nil {
			return Caller{}, fmt.Errorf("keep the session of %s: %w", c.Actor.Name, err)
		}
	}
	return c, nil
}
