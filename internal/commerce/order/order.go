// Package order is checkouts and the orders that come of them.
package order

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/resource"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this area.
func Migrations() postgres.Source {
	sub, _ := fs.Sub(migrations, "migrations") // the folder is embedded above
	return postgres.Source{Area: "order", FS: sub}
}

// Resources are the definitions of this area.
func Resources() []resource.Definition {
	return []resource.Definition{Quotes, Checkouts, Orders, Lines, Addresses, OnPayments, OnTransactions, QuoteShipping, Review, Place, Reopen, Cancel, Confirm, Import, Refund}
}
