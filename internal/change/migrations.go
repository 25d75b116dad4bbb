package change

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the change log and the feed. Other areas use hanse_extend_partitions of theirs.
func Migrations() postgres.Source {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		sub = files // the name is a constant that embed has checked
	}
	return postgres.Source{Area: "change", FS: sub, Private: []string{"feed_consumer"}}
}
