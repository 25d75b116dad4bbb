package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
)

const insertCheckSQL = `WITH step AS (INSERT INTO payment_transaction (id, organization_id, action, status, method, amount, currency, customer_id, channel_id)
  SELECT $1, $2, 'validate', 'pending', $3, 0, coalesce(nullif($4, ''), m.currency, o.currency), m.id, $5
  FROM customer m JOIN organization o ON o.id = m.organization_id WHERE m.id = $6)
INSERT INTO payment_work (transaction_id, organization_id, customer_id, token, return_url, cancel_url, language)
VALUES ($1, $2, $6, nullif($7, ''), $8, $9, $10)`

// validate writes the check of a card that is to be asked for.
func (c *commands) validate(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	if err := CheckToken("token", call.Value("token")); err != nil {
		return "", err
	}
	method, found, err := Methods{Registry: c.desk.Registry}.Find(ctx, tx, call.Caller.Organization, call.Caller.Website, call.Value("method"))
	switch {
	case err != nil:
		return "", err
	case !found:
		return "", command.Refuse(CodeMethodNotOffered, "method", "There is no way of paying %q here.", call.Value("method"))
	case !method.Traits.Validates:
		return "", command.Refuse(CodeCannotValidate, "method", "%s checks no cards.", method.Title(call.Caller.Language))
	}
	if method.Traits.Online {
		if err := addressed(call); err != nil {
			return "", err
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	_, err = tx.Exec(ctx, insertCheckSQL, id, call.Caller.Organization, method.Code, call.Caller.Currency, method.Channel, call.Target,
		call.Value("token"), call.Value("returnUrl"), call.Value("cancelUrl"), call.Caller.Language)
	if err == nil {
		err = change.Append(ctx, tx, call.Caller, change.Entry{Resource: Transactions.Name, Event: change.Created, IDs: []string{id.String()}})
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("write the check of a card of customer %s", call.Target), err)
	}
	return id.String(), nil
}
