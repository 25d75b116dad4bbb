package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module"
)

// Acknowledge is told, in the transaction of the row that brought it, what a partner's system says about a record of ours.
// It belongs to the area that owns the record.
type Acknowledge func(ctx context.Context, tx pgx.Tx, caller access.Caller, recordType, record string, a module.Acknowledgement) error

// For is the engine's function for one partner: each answer goes to the message that it is about, and to its record.
func (f Acknowledge) For(p *Partner, _ *Channel) func(context.Context, pgx.Tx, []module.Acknowledgement) ([]module.Notice, error) {
	return func(ctx context.Context, tx pgx.Tx, acks []module.Acknowledgement) ([]module.Notice, error) {
		var notices []module.Notice
		for _, a := range acks {
			m, err := exchange.Acknowledge(ctx, tx, p.ID, a.Number, exchange.Answer{Accepted: a.Accepted, Text: a.Text, Time: a.Time})
			if errors.Is(err, exchange.ErrUnknown) {
				notices = append(notices, module.Notice{Class: "missing", Code: "unknown_message",
					Detail: fmt.Sprintf("The answer is about the message %s, which was never sent to this partner.", a.Number)})
				continue
			}
			if err != nil {
				return nil, err
			}
			if m.Stale {
				notices = append(notices, module.Notice{Warning: true, Class: "value", Code: command.CodeStale,
					Detail: fmt.Sprintf("The answer about the message %s is of %s and older than the one that stands; nothing was changed.",
						a.Number, a.Time.Format(time.RFC3339))})
				continue
			}
			if m.Record == "" {
				continue
			}
			if err := f(ctx, tx, p.Caller(m.Exchange), m.RecordType, m.Record, a); err != nil {
				return nil, err
			}
		}
		return notices, nil
	}
}
