package watch

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
)

// as runs f in a transaction as the partner.
func (f *folder) as(ctx context.Context, p *intake.Partner, use func(tx pgx.Tx) error) error {
	return within(ctx, f.DB, p.Caller(""), use)
}

func within(ctx context.Context, db intake.Database, c access.Caller, use func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, c); err != nil {
			return err
		}
		return use(tx)
	})
}

// renamed are the files that their sender renamed from a temporary name: the sign that they are complete.
func (f *folder) renamed(ctx context.Context, p *intake.Partner) (map[string]bool, error) {
	paths := map[string]bool{}
	err := f.as(ctx, p, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT path FROM file_ready WHERE partner_id = $1", p.ID)
		if err != nil {
			return err
		}
		var path string
		_, err = pgx.ForEachRow(rows, []any{&path}, func() error {
			paths[path] = true
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which files of partner %s are complete: %w", p.Code, err)
	}
	return paths, nil
}

// forgetReady takes the sign away from paths whose files went or are being written anew.
func forgetReady(ctx context.Context, tx pgx.Tx, partner string, paths ...string) error {
	_, err := tx.Exec(ctx, "DELETE FROM file_ready WHERE partner_id = $1 AND path = ANY ($2)", partner, paths)
	return err
}
