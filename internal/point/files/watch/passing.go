package watch

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
)

// passing reports whether an error is of the kind that goes away by itself: the database is away or full, the disk is
// full, another node took over.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:2] {
		case "08", "40", "53", "55", "57", "58":
			return true
		}
		return false
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, record.ErrConflict) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) ||
		errors.As(err, &network) || errors.As(err, &connect) || errors.Is(err, home.ErrFull) || errors.Is(err, postgres.ErrFenced) ||
		errors.Is(err, context.DeadlineExceeded)
}
