package backoffice

import (
	"context"
	"io"
	"net/http"
)

// Papers are documents for people.
type Papers interface {
	// Invoice gives an invoice as a PDF, of which write writes the whole, and its number. ErrNotFound: there is none for the user.
	Invoice(ctx context.Context, id string) (number string, write func(io.Writer) error, err error)
}

func (o *Office) paper(w http.ResponseWriter, r *http.Request) error {
	number, write, err := o.Papers.Invoice(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", attachment(number+".pdf"))
	w.Header().Set("Cache-Control", "private, no-store")
	return write(w)
}
