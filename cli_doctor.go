package hanse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/config"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
)

func doctorCommand() *cobra.Command {
	var f settingsFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check database, tables, partners, disk and clock, and say what to do", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.load(cmd)
			if err != nil {
				return err
			}
			found := examine(cmd.Context(), whereDemoRuns(cmd, c))
			rows, bad := [][]string{{"check", "result", "detail", "advice"}}, false
			for _, x := range found {
				rows = append(rows, []string{x.check, x.result, x.detail, x.advice})
				bad = bad || x.result == "fail"
			}
			if err := table(cmd.OutOrStdout(), rows, asJSON); err != nil {
				return err
			}
			if bad {
				return &exitError{code: exitFailed}
			}
			return nil
		},
	}
	f.register(cmd, true)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// whereDemoRuns fills in the addresses of the demo that runs in the data folder, unless flags name others.
func whereDemoRuns(cmd *cobra.Command, c config.Config) config.Config {
	f, err := readFacts(c.Data)
	if err != nil {
		return c
	}
	if u, err := url.Parse(f.HTTP); err == nil && !cmd.Flags().Changed("http") {
		c.HTTP = u.Host
	}
	if !cmd.Flags().Changed("sftp") {
		c.SFTP = f.SFTP
	}
	return c
}

// finding is what one check found: ok, warn or fail.
type finding struct{ check, result, detail, advice string }

func pass(check, detail string) finding            { return finding{check, "ok", detail, ""} }
func warning(check, detail, advice string) finding { return finding{check, "warn", detail, advice} }
func failure(check string, err error, advice string) finding {
	return finding{check, "fail", err.Error(), advice}
}

// examine runs the checks; those that need the database are left out if it does not answer.
func examine(ctx context.Context, c config.Config) []finding {
	found := []finding{checkFolder(c)}
	log, err := newLog("error")
	if err != nil {
		return append(found, failure("settings", err, "mend the setting"))
	}
	h, err := visitHouse(ctx, c, log)
	if errors.Is(err, os.ErrPermission) {
		return append(found, failure("database", err, "run hanse doctor as the user that runs Hanse"))
	}
	if err != nil {
		return append(found, failure("database", err, "start the server (hanse demo or hanse serve), or name a database with --database"))
	}
	defer h.close()
	for _, check := range []func(context.Context) finding{h.checkVersion, h.checkMigrations, h.checkDefinitions, h.checkRole, h.checkClock,
		h.checkOrganization, h.checkPartners, h.checkSecrets, h.checkChannels, h.checkRuns} {
		found = append(found, check(ctx))
	}
	return append(found, checkPort(ctx, "http", c.HTTP), checkPort(ctx, "sftp", c.SFTP))
}

func checkFolder(c config.Config) finding {
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return failure("data folder", err, "name another folder with --data")
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if errors.Is(err, os.ErrNotExist) {
		return warning("data folder", dir+" does not exist", "it is made at the first start")
	}
	if err != nil {
		return failure("data folder", err, "make the folder writable for the user that runs Hanse")
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return failure("data folder", err, "look at the folder's permissions")
	}
	return pass("data folder", dir)
}

func (h *house) checkVersion(ctx context.Context) finding {
	var number int
	var version, walLevel string
	err := h.pool.QueryRow(ctx, "SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('wal_level')").
		Scan(&number, &version, &walLevel)
	switch {
	case err != nil:
		return failure("database", err, "look at the server's log")
	case number < 150000:
		return failure("database", fmt.Errorf("PostgreSQL %s is too old", version), "use PostgreSQL 15 or newer")
	case walLevel != "logical":
		return warning("database", "wal_level is "+walLevel, "set wal_level = logical for replicas by publication")
	}
	return pass("database", "PostgreSQL "+version)
}

func (h *house) checkMigrations(ctx context.Context) finding {
	pending, err := postgres.Pending(ctx, h.pool, sources()...)
	switch {
	case err != nil:
		return failure("migrations", err, "look at the database's rights")
	case len(pending) > 0:
		return failure("migrations", fmt.Errorf("%d are pending, the first is %s", len(pending), pending[0]), "run hanse migrate")
	}
	return pass("migrations", "all are applied")
}

func (h *house) checkDefinitions(ctx context.Context) finding {
	if err := record.Verify(ctx, h.pool, h.schema.Load()); err != nil {
		return failure("definitions", err, "the tables are not those of this build: run hanse migrate, or use the build that fits")
	}
	return pass("definitions", fmt.Sprintf("%d resources fit their tables", len(h.schema.Load().Types())))
}

func (h *house) checkRole(ctx context.Context) finding {
	err := postgres.CheckRole(ctx, h.pool)
	var role *postgres.RoleError
	if errors.As(err, &role) {
		return warning("row-level security", role.Error(), role.Advice())
	}
	if err != nil {
		return failure("row-level security", err, "look at the database's rights")
	}
	return pass("row-level security", "requests run as a role that owns nothing")
}

func (h *house) checkClock(ctx context.Context) finding {
	var at time.Time
	if err := h.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&at); err != nil {
		return failure("clock", err, "look at the server's log")
	}
	if off := time.Since(at).Abs(); off > 2*time.Second {
		return warning("clock", fmt.Sprintf("this machine and the database differ by %s", off.Round(time.Second)), "run a time service on both")
	}
	return pass("clock", "as the database's")
}

func (h *house) checkOrganization(ctx context.Context) finding {
	n, err := h.organizations(ctx)
	switch {
	case err != nil:
		return failure("organization", err, "run hanse migrate")
	case n == 0:
		return warning("organization", "there is none", "run hanse init")
	}
	return pass("organization", fmt.Sprintf("%d", n))
}

func (h *house) checkPartners(ctx context.Context) finding {
	partners, err := intake.LoadPartners(ctx, h.pool, h.registry, "")
	if err != nil {
		return failure("partners", err, "mend the partner's settings in the back-office")
	}
	for _, p := range partners {
		for _, c := range p.Channels {
			if c.Fault != nil {
				return failure("partners", c.Fault, "mend the channel's settings in the back-office")
			}
		}
	}
	return pass("partners", fmt.Sprintf("%d enabled, all channels usable", len(partners)))
}

// checkRuns looks at messages; calls of modules, where a card that is declined is no fault, are told by the health of channels.
func (h *house) checkRuns(ctx context.Context) finding {
	var refused, partly, waiting int
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE status = 'refused'), count(*) FILTER (WHERE status = 'partlyDone'),
			count(*) FILTER (WHERE status IN ('received', 'processing') AND created_at < now() - interval '1 hour')
			FROM exchange WHERE created_at > now() - interval '7 days' AND point <> 'module'`).Scan(&refused, &partly, &waiting)
	})
	switch {
	case err != nil:
		return failure("exchanges", err, "run hanse migrate")
	case refused+partly+waiting > 0:
		return warning("exchanges", fmt.Sprintf("in 7 days %d refused, %d partly done, %d waiting for over an hour", refused, partly, waiting),
			"look at them in the back-office")
	}
	return pass("exchanges", "none failed in 7 days")
}

func checkPort(ctx context.Context, what, address string) finding {
	if address == "" {
		return warning(what, "is switched off", "")
	}
	conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return warning(what, "nothing answers at "+address, "start the server, or name its address with --"+what)
	}
	_ = conn.Close()
	if what != "http" {
		return pass(what, address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return failure(what, err, "name the address as host:port")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return failure(what, err, "look at the server's log")
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return failure(what, fmt.Errorf("/readyz answers %s", response.Status), "look at the server's log")
	}
	return pass(what, address)
}
