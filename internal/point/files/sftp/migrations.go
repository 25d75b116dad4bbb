package sftp

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the table of failed logins, which no request's role may see.
func Migrations() postgres.Source {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		sub = files // the name is a constant that embed has checked
	}
	return postgres.Source{Area: "sftp", FS: sub, Private: []string{"sftp_attempt"}}
}
