package access

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrGone says that a subject does not exist any more or was disabled: his session or token ends.
var ErrGone = fmt.Errorf("the account does not exist any more or was disabled")

const userSQL = `select u.organization_id, u.email, coalesce(u.language, o.language, 'en'), coalesce(o.time_zone, ''),
  array(select r.permissions from user_role ur join role r on r.id = ur.role_id where ur.user_id = u.id)
from user_account u left join organization o on o.id = u.organization_id where u.id = $1::uuid and u.status = 'enabled'`

// User is the caller that a staff member is now.
func (d *Directory) User(ctx context.Context, id string) (Caller, error) {
	c := Caller{Side: Admin, Actor: Actor{Kind: User, ID: id}}
	var permissions [][]byte
	return d.load(ctx, &c, &permissions, userSQL, []any{id}, func(row pgx.CollectableRow) error {
		return row.Scan(&c.Organization, &c.Actor.Name, &c.Language, &c.TimeZone, &permissions)
	})
}

// buyerSQL goes down from the buyer's company to all below it.
const buyerSQL = `with recursive below as (
  select customer_id as id from customer_user where id = $1::uuid
  union select c.id from customer c join below b on c.parent_id = b.id
)
select u.organization_id, u.email, u.customer_id, array(select id::text from below), coalesce(k.group_id::text, ''),
  coalesce(w.id::text, ''), coalesce(k.currency, w.currency, o.currency, 'EUR'),
  coalesce(u.language, k.language, w.language, o.language, 'en'), coalesce(o.time_zone, '')
from customer_user u join customer k on k.id = u.customer_id and k.status = 'enabled'
left join organization o on o.id = u.organization_id
left join lateral (select * from website w where w.organization_id = u.organization_id and w.status = 'enabled'
  and ($2 = '' or w.id = nullif($2, '')::uuid) order by w.code limit 1) w on true
where u.id = $1::uuid and u.status = 'enabled'`

// Buyer is the caller that a customer's user is now, in a shop. website may be empty: the organization's first one.
func (d *Directory) Buyer(ctx context.Context, id, website string) (Caller, error) {
	c := Caller{Side: Storefront, Actor: Actor{Kind: CustomerUser, ID: id}, CustomerUser: id}
	return d.load(ctx, &c, nil, buyerSQL, []any{id, website}, func(row pgx.CollectableRow) error {
		return row.Scan(&c.Organization, &c.Actor.Name, &c.Customer, &c.Customers, &c.CustomerGroup, &c.Website, &c.Currency, &c.Language, &c.TimeZone)
	})
}

const partnerSQL = `select organization_id, code, language from partner where id = $1::uuid and status = 'enabled'`

// Partner is the caller on whose behalf a partner's messages are processed; it may write everything in its organization
// that its documents speak of.
func (d *Directory) Partner(ctx context.Context, id string) (Caller, error) {
	c := Caller{Side: Admin, Actor: Actor{Kind: Partner, ID: id}}
	return d.load(ctx, &c, nil, partnerSQL, []any{id}, func(row pgx.CollectableRow) error {
		err := row.Scan(&c.Organization, &c.Actor.Name, &c.Language)
		c.Origin = c.Actor.Name
		return err
	})
}

// load runs the one query that tells all of a caller. permissions, if not nil, are filled by scan and become the grants.
func (d *Directory) load(ctx context.Context, c *Caller, permissions *[][]byte, sql string, args []any, scan func(pgx.CollectableRow) error) (Caller, error) {
	found, err := query(ctx, d, sql, func(row pgx.CollectableRow) (bool, error) { return true, scan(row) }, args...)
	if err != nil {
		return Caller{}, fmt.Errorf("look up %s %s: %w", c.Actor.Kind, c.Actor.ID, err)
	}
	if len(found) == 0 {
		return Caller{}, fmt.Errorf("look up %s %s: %w", c.Actor.Kind, c.Actor.ID, ErrGone)
	}
	if permissions == nil {
		return *c, nil
	}
	c.Grants = NewGrants()
	for _, p := range *permissions {
		if err := c.Grants.Merge(p); err != nil {
			return Caller{}, fmt.Errorf("look up %s %s: a role's %w", c.Actor.Kind, c.Actor.ID, err)
		}
	}
	return *c, nil
}
