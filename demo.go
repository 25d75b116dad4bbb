package hanse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/config"
	"github.com/hanse-commerce/hanse/internal/postgres"
)

func demoCommand() *cobra.Command {
	var f settingsFlags
	var noSimulators, story bool
	var o outside
	cmd := &cobra.Command{
		Use: "demo", Short: "Run Hanse with a sample company; needs nothing set up", Args: noArgs,
		Long: "Sets up everything by itself: starts a private PostgreSQL in the data folder, loads a sample company as files over\n" +
			"its own SFTP server, and runs shop, back-office, APIs and a simulated SAP, Stripe and FedEx until you stop it with Ctrl-C.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("log") {
				f.log = "warn"
				_ = cmd.Flags().Set("log", "warn")
			}
			c, err := f.load(cmd)
			if err != nil {
				return err
			}
			d := &demo{cfg: c, out: cmd.OutOrStdout(), progress: cmd.ErrOrStderr(), simulators: !noSimulators, outside: o, started: time.Now()}
			d.ready = d.banner
			if story {
				return d.story(cmd.Context(), cmd.Flags().Changed("data"))
			}
			return d.run(cmd.Context())
		},
	}
	f.register(cmd, true)
	cmd.Flags().BoolVar(&noSimulators, "no-simulators", false, "nothing plays SAP: an outside program will")
	cmd.Flags().StringVar(&o.stripe, "stripe-api-base", "", "address of a server that plays Stripe, in the simulator's stead")
	cmd.Flags().StringVar(&o.fedex, "fedex-api-base", "", "address of a server that plays FedEx, in the simulator's stead")
	cmd.Flags().BoolVar(&story, "story", false, "start a demo of its own, play Acme's day from outside, compare every value, and exit")
	return cmd
}

// demo is a node with a sample company and, if wanted, a simulated SAP.
type demo struct {
	cfg        config.Config
	out        io.Writer // banner
	progress   io.Writer
	simulators bool // SAP is played
	outside    outside
	started    time.Time
	ready      func(facts) // called when everything answers
}

func (d *demo) say(format string, a ...any) {
	fmt.Fprintf(d.progress, "  %5.1f s  %s\n", time.Since(d.started).Seconds(), fmt.Sprintf(format, a...))
}

func (d *demo) run(ctx context.Context) error {
	log, err := newLog(d.cfg.Log)
	if err != nil {
		return err
	}
	fmt.Fprintln(d.progress, "Starting Hanse …")
	l, err := openListeners(ctx, d.cfg)
	if err != nil {
		return err
	}
	defer l.close()
	unlock, err := d.lock()
	if err != nil {
		return err
	}
	defer unlock()
	h, err := openHouse(ctx, d.cfg, log, func(text string) { d.say("%s", text) })
	if err != nil {
		return err
	}
	defer h.close()
	if h.cluster != nil && h.cluster.Notice() != "" {
		d.say("%s", h.cluster.Notice())
	}
	// An old demo.json must not be taken for this run's, nor this one's for a running demo's.
	if err := forget(h.cfg.Data); err != nil {
		return err
	}
	defer func() { _ = forget(h.cfg.Data) }()
	if err := h.migrate(ctx); err != nil {
		return err
	}
	d.say("database ready")
	s, err := newServer(ctx, h, l)
	if err != nil {
		return err
	}
	return d.serve(ctx, s)
}

// lock keeps other demos out of the data folder. A private cluster has its own lock, another's database has none.
func (d *demo) lock() (unlock func(), err error) {
	if d.cfg.Database == "" {
		return func() {}, nil
	}
	return postgres.LockFolder(d.cfg.Data)
}

// serve runs the node and, beside it, loads the company and plays SAP.
func (d *demo) serve(ctx context.Context, s *server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serving := make(chan error, 1)
	go func() { serving <- s.run(ctx) }()
	setting := make(chan error, 1)
	go func() { setting <- d.setUp(ctx, s) }()
	for {
		select {
		case err := <-serving:
			return err
		case err := <-setting:
			if err != nil {
				stop()
				return errors.Join(err, <-serving)
			}
			setting = nil
		}
	}
}
