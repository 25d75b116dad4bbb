package watch

import (
	"context"
	"log/slog"
	"path"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
)

// Observer hears what partners do over SFTP: a file renamed from a temporary name is complete, a file taken from out/ is
// collected.
type Observer struct {
	DB      *pgxpool.Pool
	Watcher *Watcher
	Log     *slog.Logger
}

// Observe implements sftp.Observer. It runs after the deed, so failures are logged: a file is then taken when it has not
// changed for a while.
func (o *Observer) Observe(ctx context.Context, e sftp.Event) {
	var err error
	top, _ := home.Split(e.Path)
	switch {
	case e.Kind == sftp.Renamed && completes(e):
		err = o.complete(ctx, e)
	case e.Collected():
		err = o.collected(ctx, e)
	case top == home.In && e.Kind != sftp.Read && !home.Temporary(path.Base(e.Path)):
		// What is written anew, renamed or removed is no longer what was renamed from a temporary name.
		err = o.within(ctx, e, func(tx pgx.Tx, _ access.Caller) error { return forgetReady(ctx, tx, e.Partner.ID.String(), e.Path) })
	}
	if top == home.In && (e.Kind == sftp.Closed || e.Kind == sftp.Renamed) {
		o.Watcher.Nudge(e.Partner.ID.String())
	}
	if err != nil {
		o.Log.WarnContext(ctx, "a partner's deed could not be noted", "partner", e.Partner.Code, "kind", e.Kind, "path", e.Path, "error", err)
	}
}

// completes reports whether a rename within in/ ends a temporary name.
func completes(e sftp.Event) bool {
	top, _ := home.Split(e.To)
	from, to := path.Base(e.Path), path.Base(e.To)
	return top == home.In && home.Temporary(from) && !home.Temporary(to)
}

func (o *Observer) complete(ctx context.Context, e sftp.Event) error {
	return o.within(ctx, e, func(tx pgx.Tx, c access.Caller) error {
		_, err := tx.Exec(ctx, `INSERT INTO file_ready (organization_id, partner_id, path) VALUES ($1, $2, $3)
			ON CONFLICT (partner_id, path) DO UPDATE SET at = now()`, c.Organization, e.Partner.ID, e.To)
		return err
	})
}

func (o *Observer) collected(ctx context.Context, e sftp.Event) error {
	return o.within(ctx, e, func(tx pgx.Tx, c access.Caller) error {
		id, kind, record, err := exchange.Collected(ctx, tx, e.Partner.ID.String(), e.Path, e.At)
		if err != nil || kind != "orders" || record == "" {
			return err
		}
		c.Exchange = id
		return order.Collected(ctx, tx, c, record, e.At)
	})
}

// within runs f in a transaction as the partner, whose organization is looked up first.
func (o *Observer) within(ctx context.Context, e sftp.Event, f func(pgx.Tx, access.Caller) error) error {
	return pgx.BeginFunc(ctx, o.DB, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		p := intake.Partner{ID: e.Partner.ID.String(), Code: e.Partner.Code}
		if err := tx.QueryRow(ctx, "SELECT organization_id::text FROM partner WHERE id = $1", p.ID).Scan(&p.Organization); err != nil {
			return err
		}
		c := p.Caller("")
		if err := access.Enter(ctx, tx, c); err != nil {
			return err
		}
		return f(tx, c)
	})
}
