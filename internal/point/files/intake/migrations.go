package intake

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of results and of documents seen.
func Migrations() postgres.Source {
	sub, _ := fs.Sub(migrations, "migrations") // the folder is embedded above
	return postgres.Source{Area: "intake", FS: sub}
}
