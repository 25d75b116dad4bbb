package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
)

// Reopen gives a checkout back to a buyer who will not go on paying, such as one who comes back from the gateway's page.
var Reopen = resource.Command{
	Name: "reopen", On: "checkouts", Result: "checkouts", Admin: true, Storefront: true,
	Doc: "Opens a checkout again that waits for its payment, so that the buyer can change it or pay in another way: its order is " +
		"cancelled, the payment stopped and the stock free. Money that the gateway has all the same goes back. An open checkout stays " +
		"as it is; one whose order stands is refused.",
}

// reopen finds the order without a lock on the checkout, since orders are locked before their checkouts.
func (d *desk) reopen(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	var order string
	err := tx.QueryRow(ctx, `SELECT coalesce(order_id::text, '') FROM checkout WHERE id = $1`, call.Target).Scan(&order)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", command.Refuse(command.CodeNotFound, "", "The checkout has been deleted.")
	case err != nil:
		return "", fmt.Errorf("finding the order of checkout %s: %w", call.Target, err)
	case order == "":
		return call.Target, nil
	}
	o, err := Hold(ctx, tx, order)
	if err != nil {
		return "", err
	}
	switch o.Status {
	case "pending":
		return call.Target, d.callOff(ctx, tx, call, o, "abandoned")
	case "cancelled": // somebody was quicker
		return call.Target, nil
	}
	return "", command.Refuse("already_placed", "", "Order %s is placed; its checkout stays as it was.", o.Number)
}
