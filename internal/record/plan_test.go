package record

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// preview plans and writes nothing.
func (w *trade) preview(b *Batch, options ...Option) *Plan {
	w.Helper()
	var p *Plan
	if err := w.in(w.caller, func(ctx context.Context, tx pgx.Tx) (err error) {
		p, err = w.store.Plan(ctx, tx, w.caller, b, options...)
		return err
	}); err != nil {
		w.Fatal(err)
	}
	return p
}
