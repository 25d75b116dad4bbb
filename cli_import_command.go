package hanse

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/shipment"
)

// answers runs the commands that documents of partners ask for, without the services of a node: what is to be asked of a
// gateway because of them is asked by a node that serves. Any other command is refused.
func (h *house) answers() (*command.Runner, error) {
	bindings := slices.Concat(order.Answers(order.Services{}), shipment.Bindings(h.registry), billing.Bindings())
	for _, c := range h.store.Schema().Commands() {
		if !slices.ContainsFunc(bindings, func(b command.Binding) bool { return b.On == c.On && b.Name == c.Name }) {
			bindings = append(bindings, command.Binding{On: c.On, Name: c.Name, Run: func(context.Context, pgx.Tx, *command.Call) (string, error) {
				return "", command.Refuse("not_served", "", "%s is run by a node that serves; put the file into the partner's folder.", c.Path())
			}})
		}
	}
	return command.NewRunner(h.work, h.store, bindings)
}
