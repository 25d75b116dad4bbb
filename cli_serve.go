package hanse

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/config"
)

// settingsFlags are the flags of commands that run or visit a server; a flag goes before file and environment.
type settingsFlags struct {
	file, data, http, sftp, database, log string
}

func (f *settingsFlags) register(cmd *cobra.Command, listening bool) {
	d := config.Default()
	cmd.Flags().StringVar(&f.data, "data", "", "data folder (default "+d.Data+")")
	cmd.Flags().StringVar(&f.database, "database", "", "URL of a PostgreSQL database (default: the private cluster in the data folder)")
	cmd.Flags().StringVar(&f.log, "log", "", "debug, info, warn or error")
	cmd.Flags().StringVar(&f.file, "config", "", "YAML file with settings")
	if listening {
		cmd.Flags().StringVar(&f.http, "http", "", "address of the HTTP server (default "+d.HTTP+"; port 0 takes any free one)")
		cmd.Flags().StringVar(&f.sftp, "sftp", "", "address of the SFTP server (default "+d.SFTP+")")
	}
}

func (f *settingsFlags) load(cmd *cobra.Command) (config.Config, error) {
	c, err := config.Load(f.file)
	if err != nil {
		return c, &exitError{exitUsage, err.Error()}
	}
	for flag, set := range map[string]func(){
		"data": func() { c.Data = f.data }, "http": func() { c.HTTP = f.http }, "sftp": func() { c.SFTP = f.sftp },
		"database": func() { c.Database = f.database }, "log": func() { c.Log = f.log },
	} {
		if cmd.Flags().Changed(flag) {
			set()
		}
	}
	return c, nil
}

// visit runs f against a database that another process serves.
func (f *settingsFlags) visit(cmd *cobra.Command, use func(h *house) error) error {
	c, err := f.load(cmd)
	if err != nil {
		return err
	}
	log, err := newLog(c.Log)
	if err != nil {
		return err
	}
	h, err := visitHouse(cmd.Context(), c, log)
	if err != nil {
		return err
	}
	defer h.close()
	return use(h)
}

func serveCommand() *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Run a node: HTTP, SFTP, file watcher, jobs", Args: noArgs,
		Long: "Runs one node. Any number of nodes may share one database; they share one data folder too, since partners' homes,\n" +
			"kept content and host keys lie there. Settings come from --config, the environment\n" +
			"(HANSE_DATABASE, HANSE_HTTP, HANSE_SFTP, HANSE_PUBLIC_URL, …) and flags, the later before the earlier.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.load(cmd)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c)
		},
	}
	f.register(cmd, true)
	return cmd
}

func serve(ctx context.Context, c config.Config) error {
	log, err := newLog(c.Log)
	if err != nil {
		return err
	}
	l, err := openListeners(ctx, c)
	if err != nil {
		return err
	}
	defer l.close()
	h, err := openHouse(ctx, c, log, func(text string) { log.Info(text) })
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.migrate(ctx); err != nil {
		return err
	}
	s, err := newServer(ctx, h, l)
	if err != nil {
		return err
	}
	log.Info("serving", "node", h.node, "http", s.http.Addr().String(), "sftp", s.sftpAddress())
	if err := s.run(ctx); err != nil {
		return fmt.Errorf("the server stopped: %w", err)
	}
	return nil
}

func migrateCommand() *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use: "migrate", Short: "Bring the database up to date and exit", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.visit(cmd, func(h *house) error {
				if err := h.migrate(cmd.Context()); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "The database is up to date.")
				return nil
			})
		},
	}
	f.register(cmd, false)
	return cmd
}
