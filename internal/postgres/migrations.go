package postgres

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// own is this package's source; every history begins with it.
func own() (Source, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	return Source{Area: "postgres", FS: files}, err
}
