package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// within runs f in one transaction on behalf of the caller and commits.
func (s *Shop) within(ctx context.Context, caller access.Caller, f func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return f(tx)
	})
	if err == nil {
		s.Committed()
	}
	return err
}

// run runs a command of the business for the caller.
func (s *Shop) run(ctx context.Context, caller access.Caller, on, name, target string, input map[string]any) (string, error) {
	c, ok := s.Store.Schema().Command(on, name)
	if !ok {
		return "", fmt.Errorf("there is no command %s/%s", on, name)
	}
	id, _, err := s.Commands.Run(ctx, caller, c, resource.Ref{ID: target}, input, "")
	return id, err
}

// Add puts a product into the cart, which is made if there is none.
func (s *Shop) Add(ctx context.Context, sku, unit string, quantity decimal.Decimal) error {
	caller, err := buyer(ctx)
	if err != nil {
		return err
	}
	var id string
	err = s.within(ctx, caller, func(tx pgx.Tx) (err error) {
		id, err = cart.Current(ctx, tx, caller)
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.run(ctx, caller, "carts", "addLines", id, map[string]any{
		"lines": []any{map[string]any{"sku": sku, "unit": unit, "quantity": quantity.String()}}})
	var refused *command.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code() {
	case "unknown_product":
		return storefront.ErrNotFound
	case "unknown_unit":
		return refuse("quantity", s.text(ctx, "shop.cart.unit"))
	case "too_large":
		return refuse("quantity", s.text(ctx, "shop.cart.full"))
	}
	return refuse("quantity", s.text(ctx, "shop.cart.quantity"))
}

// Change sets quantities of lines, all or none.
func (s *Shop) Change(ctx context.Context, quantities map[string]decimal.Decimal) error {
	caller, err := buyer(ctx)
	if err != nil {
		return err
	}
	t, ok := s.Store.Schema().Type("cartLines")
	if !ok {
		return errors.New("the resource cartLines is not defined")
	}
	batch, lines := &record.Batch{}, map[string]*record.Change{}
	for line, quantity := range quantities {
		id, ok := resource.ParseUUID(line)
		if !ok {
			return storefront.ErrNotFound
		}
		c, op := &record.Change{Target: resource.Ref{ID: id}, Values: t.NewRecord()}, record.Delete
		if quantity.IsPositive() {
			at := t.At("quantity")
			text, err := t.Fields[at].Kind.ParseText(quantity.String())
			if err != nil {
				return refuse("quantity."+line, s.text(ctx, "shop.cart.quantity"))
			}
			op, c.Values[at] = record.Update, resource.Of(text)
		}
		lines[line] = batch.Add(t, op, c)
	}
	if len(lines) == 0 {
		return nil
	}
	return s.within(ctx, caller, func(tx pgx.Tx) error {
		if err := s.Store.Apply(ctx, tx, caller, batch); err != nil {
			return err
		}
		return s.changed(ctx, lines)
	})
}

// changed turns what became of lines into an error for the page.
func (s *Shop) changed(ctx context.Context, lines map[string]*record.Change) error {
	for line, c := range lines {
		if c.Outcome != record.Failed {
			continue
		}
		if c.Faults[0].Code == record.CodeUnknownRecord {
			return storefront.ErrNotFound
		}
		return refuse("quantity."+line, s.text(ctx, "shop.cart.quantity"))
	}
	return nil
}

// Remove takes a line out of the cart.
func (s *Shop) Remove(ctx context.Context, line string) error {
	return s.Change(ctx, map[string]decimal.Decimal{line: decimal.Zero})
}
