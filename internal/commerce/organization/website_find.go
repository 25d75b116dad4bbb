package organization

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrNoWebsite says that no shop is open.
var ErrNoWebsite = errors.New("there is no enabled website")

// Site is a shop as a visitor who has not logged in meets it.
type Site struct {
	Website, Organization    string // UUIDs
	Name, Currency, Language string
}

// Querier runs a query for one row: a pool, a connection or a transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const siteSQL = `SELECT w.id::text, w.organization_id::text, w.name, w.currency, w.language
FROM website w JOIN organization o ON o.id = w.organization_id WHERE w.status = 'enabled'
ORDER BY lower(substring(w.url from '^https?://([^/]+)')) IS NOT DISTINCT FROM lower($1) DESC, o.created_at, w.code LIMIT 1`

// SiteAt finds the website whose address has that host ("shop.example.com:8080"), else the first one of the first
// organization. It is asked before anyone is known, so it looks across organizations.
func SiteAt(ctx context.Context, db Querier, host string) (s Site, err error) {
	err = db.QueryRow(ctx, siteSQL, host).Scan(&s.Website, &s.Organization, &s.Name, &s.Currency, &s.Language)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, ErrNoWebsite
	}
	if err != nil {
		return s, fmt.Errorf("find the website at %.80q: %w", host, err)
	}
	return s, nil
}
