package intake

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/exchange"
)

// Ended is what became of an exchange that came to its end before: for a node that goes on behind that, and for a resend.
func (s *Service) Ended(ctx context.Context, p *Partner, exchangeID string) (*Outcome, error) {
	out, kind, channel := &Outcome{}, "", ""
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, p.Caller(exchangeID)); err != nil {
			return err
		}
		c := &out.Counts
		return tx.QueryRow(ctx, `SELECT e.status, coalesce(e.reason_code, ''), coalesce(e.reason, ''), e.read, e.created, e.updated, e.unchanged, e.failed, e.warnings,
			coalesce(e.kind, ''), coalesce(e.channel_id::text, ''), coalesce((SELECT r.id::text FROM run r WHERE r.exchange_id = e.id ORDER BY r.attempt DESC LIMIT 1), '')
			FROM exchange e WHERE e.id = $1`, exchangeID).Scan(&out.Status, &out.Reason.Code, &out.Reason.Text, &c.Read, &c.Created, &c.Updated, &c.Unchanged,
			&c.Failed, &c.Warnings, &kind, &channel, &out.Run)
	})
	if err != nil {
		return nil, fmt.Errorf("looking up what became of exchange %s: %w", exchangeID, err)
	}
	out.Kind = &Kind{Name: kind}
	for i := range p.Channels {
		if c := &p.Channels[i]; c.ID == channel && c.Module != nil {
			out.Kind.Channel = c
		}
	}
	return out, nil
}

// GiveUp refuses a file that could not be processed again and again, and ends its run.
func (s *Service) GiveUp(ctx context.Context, f File, reason exchange.Reason) error {
	caller := f.Partner.Caller(f.Exchange)
	run, err := s.Ledger.StartRun(ctx, caller, f.Exchange, s.Node)
	if err != nil {
		return err
	}
	return s.Ledger.Refuse(ctx, caller, f.Exchange, run, reason)
}
