package staff

import (
	"context"
	"errors"
	"io"

	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// papers prints.
type papers struct{ *Staff }

// Invoice implements backoffice.Papers.
func (p papers) Invoice(ctx context.Context, id string) (string, func(io.Writer) error, error) {
	ref, err := resource.ParseRef(id)
	if err != nil {
		return "", nil, backoffice.ErrNotFound
	}
	paper, err := billing.ReadPaper(ctx, p.Pool, p.Store, callerOf(ctx), ref)
	if errors.Is(err, billing.ErrNoInvoice) {
		return "", nil, backoffice.ErrNotFound
	}
	if err != nil {
		return "", nil, err
	}
	return paper.Number, func(w io.Writer) error { return paper.WritePDF(w, page.LanguageOf(ctx).String()) }, nil
}
