package commercetest

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Write applies one change as a caller's request would and gives it back with its outcome. Values are pairs of a wire name
// and the canonical text; "-" clears, and relations take references such as key:R9.
func (h *House) Write(caller access.Caller, op record.Operation, typeName string, target resource.Ref, values ...string) *record.Change {
	h.T.Helper()
	t, ok := h.Schema.Type(typeName)
	if !ok {
		h.T.Fatalf("there is no resource %q", typeName)
	}
	c := &record.Change{Target: target, Values: t.NewRecord()}
	for i := 0; i < len(values); i += 2 {
		at := t.At(values[i])
		if at < 0 {
			h.T.Fatalf("%s have no %s", typeName, values[i])
		}
		c.Values[at] = resource.Of(values[i+1])
		if values[i+1] == "-" {
			c.Values[at] = resource.Cleared
		}
	}
	ctx := context.Background()
	err := pgx.BeginFunc(ctx, h.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return h.Store.Apply(ctx, tx, caller, &record.Batch{Sets: []*record.ChangeSet{{Type: t, Operation: op, Changes: []*record.Change{c}}}})
	})
	if err != nil {
		h.T.Fatalf("write %s: %v", typeName, err)
	}
	return c
}
