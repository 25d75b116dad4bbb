// Package payment is how and when orders are paid.
package payment

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
	return postgres.Source{Area: "payment", FS: sub}
}

// Resources are the definitions of this area.
func Resources() []resource.Definition {
	return []resource.Definition{Terms, OnCustomers, Payments, Transactions,
		ValidateCommand, AuthorizeCommand, CaptureCommand, CancelCommand, RefundCommand, RefreshCommand}
}
