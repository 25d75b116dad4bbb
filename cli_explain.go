package hanse

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
)

func explainCommand() *cobra.Command {
	var f settingsFlags
	var buyer string
	cmd := &cobra.Command{
		Use: "explain METHOD PATH", Short: "Show the statements of an API request as a pgbench script, with their plans", Args: cobra.ExactArgs(2),
		Long: "Shows what the server sends to PostgreSQL for a GET of one of the APIs, as a script for pgbench -M prepared, values as\n" +
			"variables of its command line, and behind it, as comments, the plan of each statement. --buyer takes the view of a customer's user.",
		Example: "  hanse explain GET '/api/admin/v1/products?page[size]=24' > list.sql\n  pgbench -n -M prepared -f list.sql \"$DATABASE_URL\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.visit(cmd, func(h *house) error { return h.explain(cmd.Context(), cmd.OutOrStdout(), args[0], args[1], buyer) })
		},
	}
	f.register(cmd, false)
	cmd.Flags().StringVar(&buyer, "buyer", "", "e-mail address of a customer's user (storefront; default: the first one)")
	return cmd
}

func (h *house) explain(ctx context.Context, w io.Writer, method, path, buyer string) error {
	if !strings.EqualFold(method, http.MethodGet) {
		return &exitError{exitUsage, "only GET requests can be explained so far"}
	}
	side, base := access.Admin, adminBase
	if strings.HasPrefix(path, storefrontBase+"/") {
		side, base = access.Storefront, storefrontBase
	}
	if !strings.HasPrefix(path, base+"/") {
		return &exitError{exitUsage, fmt.Sprintf("the path must start with %s/ or %s/", adminBase, storefrontBase)}
	}
	caller, err := h.viewer(ctx, side, buyer)
	if err != nil {
		return err
	}
	query, err := jsonapi.Query(h.store.Schema(), strings.TrimPrefix(path, base+"/"))
	if err != nil {
		return err
	}
	sql, args, err := h.store.Statement(query, caller)
	if err != nil {
		return err
	}
	setting, values := access.Statement(caller)
	p := &pgbench{}
	first, err := p.statement(setting, values)
	if err != nil {
		return err
	}
	second, err := p.statement(sql, args)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "-- %s %s\n-- pgbench -n -M prepared -c 8 -T 10 -f FILE %s DATABASE_URL\n", strings.ToUpper(method), path, strings.Join(p.flags, " "))
	fmt.Fprintf(w, "\\startpipeline\n%s;\n%s;\n\\endpipeline\n", first, second)
	return h.plan(ctx, w, caller, sql, args)
}

// pgbench collects the values of a script: its variables are set on its command line.
type pgbench struct{ flags []string }

// statement writes the parameters of a statement as variables; null is written in place, since no variable can be null.
func (p *pgbench) statement(sql string, args []any) (string, error) {
	for i := len(args); i >= 1; i-- {
		parameter := fmt.Sprintf("$%d", i)
		if args[i-1] == nil {
			sql = strings.ReplaceAll(sql, parameter, "NULL")
			continue
		}
		text, err := variable(args[i-1])
		if err != nil {
			return "", err
		}
		name := fmt.Sprintf("v%d", len(p.flags)+1)
		p.flags = append(p.flags, "-D "+name+"='"+strings.ReplaceAll(text, "'", `'\''`)+"'")
		sql = strings.ReplaceAll(sql, parameter, ":"+name+" ")
	}
	return strings.ReplaceAll(sql, "\n", " "), nil
}

func variable(a any) (string, error) {
	switch v := a.(type) {
	case string:
		return v, nil
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}
		return "{" + strings.Join(quoted, ",") + "}", nil
	case int64, int, bool:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("a parameter of type %T cannot be written into a script", a)
}

// viewer is the caller whose view is explained.
func (h *house) viewer(ctx context.Context, side access.Side, buyer string) (access.Caller, error) {
	var org, user string
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		if side == access.Storefront {
			return tx.QueryRow(ctx, `SELECT organization_id::text, id::text FROM customer_user WHERE ($1 = '' OR email = lower($1)) ORDER BY email LIMIT 1`, buyer).Scan(&org, &user)
		}
		return tx.QueryRow(ctx, "SELECT id::text FROM organization ORDER BY code LIMIT 1").Scan(&org)
	})
	if err != nil {
		return access.Caller{}, fmt.Errorf("finding whose view to take: %w", err)
	}
	if side == access.Storefront {
		return h.access.Buyer(ctx, user, "")
	}
	return access.SystemCaller(org, "explain"), nil
}

func (h *house) plan(ctx context.Context, w io.Writer, caller access.Caller, sql string, args []any) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "EXPLAIN (ANALYZE, BUFFERS) "+sql, args...)
		if err != nil {
			return err
		}
		var line string
		_, err = pgx.ForEachRow(rows, []any{&line}, func() error {
			_, err := fmt.Fprintln(w, "-- "+line)
			return err
		})
		return err
	})
}
