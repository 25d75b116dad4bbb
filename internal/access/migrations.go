package access

import (
	"embed"
	"io/fs"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the row-level security that other areas' tables are protected with, and the tables of those who may log in.
func Migrations() postgres.Source {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		sub = files // the name is a constant that embed has checked
	}
	return postgres.Source{Area: "access", FS: sub, Private: []string{
		"credential", "partner_login", "session", "oauth_token", "oauth_key", "login_attempt"}}
}
