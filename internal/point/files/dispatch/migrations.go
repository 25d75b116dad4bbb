package dispatch

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the sequence of document numbers.
func Migrations() postgres.Source {
	sub, _ := fs.Sub(migrations, "migrations") // the folder is embedded above
	return postgres.Source{Area: "dispatch", FS: sub}
}
