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
	"github.com/hanse-commerce/hanse/internal/record"
)

func explainCommand() *cobra.Command {
	var f settingsFlags
	var buyer string
	cmd := &cobra.Command{
		Use: "explain METHOD PATH", Short: "Show the statements of an API request as a pgbench script, with their plans", Args: exactly(2),
		Long: "Shows what the server sends to PostgreSQL for a GET of one of the APIs, as a script for pgbench -M prepared, values as\n" +
			"variables of the command line that stands in its second line, and behind it, as comments, the plan of each statement. --buyer takes the view of a customer's user.",
		Example: "  hanse explain GET '/api/admin/v1/products?page[size]=24' > list.sql\n  sed -n 's/^-- pgbench/pgbench/p' list.sql",
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
	statements, err := h.store.Statements(query, caller)
	if err != nil {
		return err
	}
	setting, values := access.Statement(caller)
	script := &pgbench{}
	if err := script.add(setting, values); err != nil {
		return err
	}
	for _, s := range statements {
		if err := script.add(s.SQL, s.Parameters); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "-- %s %s\n-- pgbench -n -M prepared -c 8 -T 10 -f FILE %s DATABASE_URL\n", strings.ToUpper(method), path, strings.Join(script.flags, " "))
	if err := script.write(w); err != nil {
		return err
	}
	return h.plans(ctx, w, caller, statements)
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

// plans runs the statements as the caller and writes how PostgreSQL went about it.
func (h *house) plans(ctx context.Context, w io.Writer, caller access.Caller, statements []record.Statement) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		for n, s := range statements {
			rows, err := tx.Query(ctx, "EXPLAIN (ANALYZE, BUFFERS) "+s.SQL, s.Parameters...)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "-- Plan of statement %d:\n", n+2) // the first one says who is calling
			var line string
			if _, err = pgx.ForEachRow(rows, []any{&line}, func() error {
				_, err := fmt.Fprintln(w, "-- "+line)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
