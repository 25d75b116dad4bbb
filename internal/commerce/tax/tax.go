// Package tax is which tax a sale bears: codes, jurisdictions, rules, and how an amount splits into net and tax.
package tax

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
	return postgres.Source{Area: "tax", FS: sub}
}

// Resources are the definitions of this area.
func Resources() []resource.Definition {
	return []resource.Definition{CustomerCodes, ProductCodes, Jurisdictions, Rules, OnGroups, OnCustomers, OnProducts, OnWebsites}
}
