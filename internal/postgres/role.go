package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// RequestRole is the role that every request's transaction runs as: it owns nothing, cannot log in
// and does not pass row-level policies, which owners and superusers do.
const RequestRole = "hanse_request"

// RoleError says that RequestRole is not usable on this server, so that the row-level policies do not
// bind; the conditions that are compiled into each statement still do.
type RoleError struct {
	// Doing is what was refused.
	Doing string
	// Err is the server's answer.
	Err error
}

func (e *RoleError) Error() string {
	return fmt.Sprintf("role %s: %s: %v", RequestRole, e.Doing, e.Err)
}

// Unwrap gives the server's answer.
func (e *RoleError) Unwrap() error { return e.Err }

// Advice says what a database administrator has to run.
func (e *RoleError) Advice() string {
	return "let an administrator run: create role " + RequestRole + " nologin nobypassrls; grant " + RequestRole +
		" to the user that Hanse connects as; then run hanse migrate again"
}

// CheckRole finds out whether the connected user can switch to RequestRole and whether that role is as
// weak as it must be. The error, if any, is a *RoleError unless the database could not be asked.
func CheckRole(ctx context.Context, pool *pgxpool.Pool) error {
	var exists, strong, member bool
	err := pool.QueryRow(ctx, `
		select r.oid is not null, coalesce(r.rolsuper or r.rolbypassrls, false),
			coalesce(pg_has_role(current_user, r.oid, $2), false)
		from (select 1) one left join pg_roles r on r.rolname = $1`, RequestRole, membership(ctx, pool)).
		Scan(&exists, &strong, &member)
	switch {
	case err != nil:
		return fmt.Errorf("look up role %s: %w", RequestRole, err)
	case !exists:
		return &RoleError{"switch to it", errors.New("it does not exist")}
	case strong:
		return &RoleError{"switch to it", errors.New("it is a superuser or passes row-level policies")}
	case !member:
		return &RoleError{"switch to it", errors.New("the connected user is not a member of it")}
	}
	return nil
}

// membership names the privilege that lets a user switch to a role; PostgreSQL 16 split it off.
func membership(ctx context.Context, pool *pgxpool.Pool) string {
	var version int
	err := pool.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&version)
	if err == nil && version >= 160000 {
		return "SET"
	}
	return "MEMBER"
}

// prepareRole creates the role, makes the connected user a member and sees to it that tables made
// from now on are open to it, so that a migration may take single rights back. Roles belong to the
// whole server: other databases' nodes may do the same at this moment.
func prepareRole(ctx context.Context, work *pgxpool.Pool) error {
	steps := []struct{ doing, sql string }{
		{"create it", `do $$ begin
			if not exists (select from pg_roles where rolname = '` + RequestRole + `') then
				create role ` + RequestRole + ` nologin nobypassrls;
			end if;
			exception when duplicate_object or unique_violation then null;
		end $$`},
		{"make the connected user a member", `do $$ begin
			if not pg_has_role(current_user, '` + RequestRole + `', '` + membership(ctx, work) + `') then
				execute format('grant ` + RequestRole + ` to %I', current_user);
			end if;
			exception when unique_violation then null;
		end $$`},
		{"let it at new tables", `alter default privileges in schema public
			grant select, insert, update, delete on tables to ` + RequestRole},
		{"let it at new sequences", `alter default privileges in schema public
			grant usage, select on sequences to ` + RequestRole},
		{"let it at the schema", `grant usage on schema public to ` + RequestRole},
	}
	for _, s := range steps {
		if _, err := work.Exec(ctx, s.sql); err != nil {
			return roleFailure(s.doing, err)
		}
	}
	return nil
}

// grantRole lets the role at every table and sequence it has no rights on yet and that no source
// keeps private, and at just what inserting a job takes of the job queue's.
func grantRole(ctx context.Context, work *pgxpool.Pool, sources []Source) error {
	private := []string{}
	for _, s := range sources {
		private = append(private, s.Private...)
	}
	statements, err := grantStatements(ctx, work, private)
	if err != nil {
		return err
	}
	statements = append(statements,
		"grant select, insert, update on river_job to "+RequestRole,
		"grant usage, select on sequence river_job_id_seq to "+RequestRole,
		"grant execute on function river_job_state_in_bitmask to "+RequestRole)
	// In one transaction: a running shop must not see rights half changed.
	err = pgx.BeginFunc(ctx, work, func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return roleFailure("grant it the tables", err)
	}
	return nil
}

// grantStatements compares what the role may with what it should: tables of the migrations' history,
// of the job queue, partitions (a policy binds only on the way through their table) and private ones lose every right,
// others without any right get the usual ones.
func grantStatements(ctx context.Context, work *pgxpool.Pool, private []string) ([]string, error) {
	rows, err := work.Query(ctx, `
		with object as (
			select c.oid::regclass as name, c.relkind = 'S' as sequence, coalesce(owner.relname, c.relname) as subject,
				c.relispartition as part,
				exists (select from aclexplode(c.relacl) a where a.grantee = $1::regrole) as granted
			from pg_class c
			left join pg_depend d on c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
				and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
			left join pg_class owner on owner.oid = d.refobjid
			where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
				and pg_has_role(current_user, c.relowner, 'USAGE')
		), judged as (
			select *, part or subject ~ '^(goose|river)_' or subject = any ($2) as closed from object
		)
		select case
			when closed then format('revoke all on %s %s from %I', case when sequence then 'sequence' else 'table' end, name, $1)
			when sequence then format('grant usage, select on sequence %s to %I', name, $1)
			else format('grant select, insert, update, delete on table %s to %I', name, $1) end
		from judged where closed = granted and subject <> 'river_job' order by name::text`, RequestRole, private)
	if err != nil {
		return nil, roleFailure("compare its rights", err)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, roleFailure("compare its rights", err)
	}
	return statements, nil
}

func roleFailure(doing string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == "42704") {
		return &RoleError{doing, err}
	}
	return fmt.Errorf("role %s: %s: %w", RequestRole, doing, err)
}
