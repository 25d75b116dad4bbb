package postgres

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// setConnDefaults fills in what the URL left open.
func setConnDefaults(c *pgx.ConnConfig, log *slog.Logger) {
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "hanse"
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	c.StatementCacheCapacity = max(c.StatementCacheCapacity, 512)
	c.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.Severity == "WARNING" {
			log.Warn("postgres: "+n.Message, "code", n.Code)
			return
		}
		log.Debug("postgres: "+n.Message, "code", n.Code)
	}
}

// place names a database without its password.
func place(c *pgx.ConnConfig) string {
	return fmt.Sprintf("database %q at %s:%d as %q", c.Database, c.Host, c.Port, c.User)
}
