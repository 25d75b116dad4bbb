package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// databaseDefaults are what Hanse counts on in its database's sessions. They are set on the database
// and not on each connection, which a transaction pooler would hand to others.
func databaseDefaults() []setting {
	return []setting{
		{"client_connection_check_interval", "2s"},       // a dead node's import must not go on for long
		{"idle_in_transaction_session_timeout", "10min"}, // nor its locks stay
		{"jit", "off"}, // costs short statements more than they take
		{"timezone", "UTC"},
	}
}

// setDatabaseDefaults gives the database those of the defaults that its sessions do not have yet,
// unless an administrator set that parameter for the database himself. They count for new connections.
// A user who may not is told what is missing, no more: Hanse works without.
func setDatabaseDefaults(ctx context.Context, work *pgxpool.Pool, log *slog.Logger) error {
	for _, s := range databaseDefaults() {
		var missing bool
		err := work.QueryRow(ctx, `
			select setting is distinct from (select current_setting($1)) and not exists (
				select from pg_db_role_setting r join pg_database d on d.oid = r.setdatabase, unnest(r.setconfig) c
				where d.datname = current_database() and r.setrole = 0 and lower(split_part(c, '=', 1)) = $1)
			from (select $2::text as setting) wanted`, s.name, s.value).Scan(&missing)
		if err == nil && missing {
			_, err = work.Exec(ctx, alterDatabase(s))
		}
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "42501" {
			log.Warn("the database's default could not be set; let its owner do it", "parameter", s.name, "value", s.value)
			continue
		}
		if err != nil {
			return fmt.Errorf("set the database's default of %s: %w", s.name, err)
		}
	}
	return nil
}

// alterDatabase asks the server for the database's name: behind a pooler the connection may know another.
func alterDatabase(s setting) string {
	return fmt.Sprintf("do $$ begin execute format('alter database %%I set %s = %%L', current_database(), '%s'); end $$", s.name, s.value)
}
