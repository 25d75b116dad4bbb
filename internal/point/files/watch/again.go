package watch

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/resource"
)

// ProcessAgain has a message that came in as a file processed once more, from the content that was kept: after somebody
// mended what was wrong here, such as a missing unit. It is done by the node that watches the partner's folder, in its
// turn between his files.
var ProcessAgain = resource.Command{
	Name: "processAgain", On: "exchanges", Result: "exchanges", Event: "exchange.reopened", Idempotent: true, Admin: true,
	Doc: "Processes an inbound file once more, from the content that was kept, whatever became of it the first time. Its counts and errors start anew.",
}

// Resources are the definitions of this package.
func Resources() []resource.Definition { return []resource.Definition{ProcessAgain} }

// Bindings ties the commands of this package to their functions.
func Bindings() []command.Binding {
	return []command.Binding{{On: ProcessAgain.On, Name: ProcessAgain.Name, Run: processAgain}}
}

// processAgain only asks for it: a file may take minutes, and a transaction makes no call to the outside.
func processAgain(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	partner, err := exchange.Reopen(ctx, tx, call.Target)
	var state *exchange.StateError
	switch {
	case errors.As(err, &state):
		return "", command.Refuse("not_again", "", "%s", state.Error())
	case err != nil:
		return "", err
	}
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO file_again (exchange_id, organization_id, partner_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		call.Target, call.Caller.Organization, partner)
	batch.Queue("DELETE FROM file_result WHERE exchange_id = $1 AND run = ''", call.Target)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return "", fmt.Errorf("asking for exchange %s to be processed again: %w", call.Target, err)
	}
	return call.Target, change.Append(ctx, tx, call.Caller, change.Entry{Resource: ProcessAgain.On, Event: ProcessAgain.Event, IDs: []string{call.Target}})
}
