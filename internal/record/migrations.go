package record

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations makes the table of external ids, which all resources share.
func Migrations() postgres.Source {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return postgres.Source{Area: "record", FS: files}
}
