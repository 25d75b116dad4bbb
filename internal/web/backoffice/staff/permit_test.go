package staff

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
)

// Whoever has no role meets no ledger: no list, no exchange, no file that a partner sent. Nothing is asked of a database.
func TestLedgerIsNotThereWithoutARole(t *testing.T) {
	v := &visitor{caller: access.Caller{Side: access.Admin, Grants: access.NewGrants()}, known: true}
	ctx := context.WithValue(context.Background(), contextKey{}, v)
	l, id := ledger{&Staff{}}, uuid.NewString()
	if _, err := l.Exchanges(ctx, backoffice.ExchangeQuery{}); !errors.Is(err, backoffice.ErrNotFound) {
		t.Errorf("the list: %v", err)
	}
	if _, err := l.Exchange(ctx, id); !errors.Is(err, backoffice.ErrNotFound) {
		t.Errorf("an exchange: %v", err)
	}
	for _, part := range []string{"original", "result"} {
		if _, err := l.Content(ctx, id, part); !errors.Is(err, backoffice.ErrNotFound) {
			t.Errorf("the %s file: %v", part, err)
		}
	}
	if errs, err := l.Errors(ctx, id, "", 1, 50); err != nil || len(errs.Errors) != 0 || errs.Total != 0 {
		t.Errorf("errors: %v, %v", errs, err)
	}
}
