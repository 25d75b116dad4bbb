package hanse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/account"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce/billing"
	"github.com/hanse-commerce/hanse/internal/commerce/cart"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipment"
	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/internal/config"
	"github.com/hanse-commerce/hanse/internal/job"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/point/files/dispatch"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
	"github.com/hanse-commerce/hanse/module"
)

// server is one node at work: HTTP, SFTP, the watcher, the sequencer and the jobs.
type server struct {
	*house
	listeners
	files     *sftp.Server
	homes     home.Homes
	sequencer *change.Sequencer
	jobs      *job.Client
	commands  *command.Runner
	intake    *intake.Service
	watcher   *watch.Watcher
	payments  *payment.Desk
	dispatch  *dispatch.Service
	channels  *channel.Host
}

// listeners are the doors of a node. They open before anything is set up, so that a port that is taken is known at once.
type listeners struct{ http, sftp net.Listener }

func openListeners(ctx context.Context, c config.Config) (l listeners, err error) {
	if l.http, err = listen(ctx, c.HTTP, "HTTP", "--http"); err != nil || c.SFTP == "" {
		return l, err
	}
	if l.sftp, err = listen(ctx, c.SFTP, "SFTP", "--sftp"); err != nil {
		return l, errors.Join(err, l.http.Close())
	}
	return l, nil
}

func listen(ctx context.Context, address, what, flag string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for %s at %s: %w; choose another address with %s (port 0 takes any free one)", what, address, err, flag)
	}
	return l, nil
}

func (l listeners) close() {
	_ = l.http.Close()
	if l.sftp != nil {
		_ = l.sftp.Close()
	}
}

// newServer makes a node that will serve at the listeners.
func newServer(ctx context.Context, h *house, l listeners) (*server, error) {
	s := &server{house: h, listeners: l, homes: home.Folders{Dir: filepath.Join(h.cfg.Data, "sftp")}}
	return s, s.assemble(ctx)
}

// assemble makes the services of the node; nothing runs yet.
func (s *server) assemble(ctx context.Context) (err error) {
	s.sequencer = change.NewSequencer(s.work, s.node, s.log)
	s.sequencer.PollOnly = s.cfg.PollOnly
	s.dispatch = &dispatch.Service{DB: s.work, Store: s.store, Ledger: s.ledger, Homes: s.homes, Blobs: s.blobs, Registry: s.registry,
		Committed: s.sequencer.Wake, Log: s.log, Placed: orderPlaced}
	workers := river.NewWorkers()
	river.AddWorker(workers, &dispatch.Worker{Service: s.dispatch})
	if s.jobs, err = job.NewClient(s.work, job.Options{Workers: workers, Node: s.node, PollOnly: s.cfg.PollOnly, Log: s.log}); err != nil {
		return err
	}
	s.channels = s.newChannels()
	s.payments = s.newPayments()
	orders := s.orders()
	s.commands, err = command.NewRunner(s.pool, s.store, cart.Bindings(), order.Bindings(orders), order.Answers(orders), shipment.Bindings(s.registry),
		billing.Bindings(), payment.Bindings(s.payments), account.Bindings(s.access), watch.Bindings(), channel.Bindings(s.channels))
	if err != nil {
		return err
	}
	s.commands.Committed = s.sequencer.Wake
	s.intake = &intake.Service{DB: s.work, Store: s.store, Ledger: s.ledger, Node: s.node, Committed: s.sequencer.Wake, Log: s.log,
		Acknowledge: acknowledge, Commands: s.commands}
	s.watcher = &watch.Watcher{DB: s.work, Homes: s.homes, Blobs: s.blobs, Ledger: s.ledger, Intake: s.intake, Registry: s.registry,
		Node: s.node, Log: s.log, Confirm: s.dispatch.Confirm}
	if s.sftp == nil {
		return nil
	}
	s.files, err = sftp.New(ctx, sftp.Config{Homes: s.homes, Authenticator: partnerLogin{s.access}, Log: s.log, Audit: s.partnerAudit,
		HostKeys: sftp.FolderKeys{Dir: filepath.Join(s.cfg.Data, "hostkeys")},
		Attempts: sftp.NewPostgresAttempts(s.work, sftp.DefaultThrottle()),
		Observer: &watch.Observer{DB: s.work, Watcher: s.watcher, Log: s.log}})
	return err
}

// orders are what checkouts and orders need of the node.
func (s *server) orders() order.Services {
	return order.Services{DB: s.pool, Outbox: dispatch.Outbox{Jobs: s.jobs}, Methods: s.methods(), Payments: s.payments,
		Shipping:  &shipping.Desk{DB: s.pool, Carriers: s.channels, Registry: s.registry, Log: s.log},
		Committed: s.sequencer.Wake, Log: s.log}
}

// methods are the ways of paying, as far as this node can call their channels.
func (s *server) methods() payment.Methods {
	return payment.Methods{Registry: s.registry, Usable: s.channels.Usable}
}

// orderPlaced tells the order that its file lies ready.
func orderPlaced(ctx context.Context, tx pgx.Tx, caller access.Caller, recordType, record string) error {
	if recordType != "orders" {
		return nil
	}
	return order.Exported(ctx, tx, caller, record)
}

// acknowledge tells the order what the ERP says about it.
func acknowledge(ctx context.Context, tx pgx.Tx, caller access.Caller, recordType, record string, a module.Acknowledgement) error {
	if recordType != "orders" {
		return nil
	}
	return order.Acknowledged(ctx, tx, caller, record, order.Verdict{Accepted: a.Accepted, Status: a.Code, Message: a.Text,
		Number: a.External, System: caller.Origin})
}

// run serves until ctx ends, then lets what is under way finish.
func (s *server) run(ctx context.Context) error {
	handler, err := s.handler()
	if err != nil {
		s.listeners.close()
		return err
	}
	web := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	if err := s.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		s.listeners.close()
		return fmt.Errorf("starting jobs: %w", err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ignoreClosed(web.Serve(s.http)) })
	g.Go(func() error { return s.sequencer.Run(ctx) })
	g.Go(func() error { return s.watcher.Run(ctx) })
	g.Go(func() error { return s.payments.Run(ctx) })
	g.Go(func() error { return s.channels.Run(ctx) })
	g.Go(func() error { return job.Revive(ctx, s.work, s.node, s.log) })
	if s.files != nil {
		g.Go(func() error { return s.files.Serve(ctx, s.sftp) })
	}
	if s.cluster != nil {
		g.Go(func() error { return s.guard(ctx) })
	}
	g.Go(func() error {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace())
		defer cancel()
		if err := errors.Join(web.Shutdown(stopping), s.jobs.Stop(stopping)); err != nil {
			s.log.Warn("what was under way took too long and is broken off", "error", err)
			return errors.Join(web.Close(), s.breakOff())
		}
		return nil
	})
	err = g.Wait()
	s.closeChannels()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// grace is how long requests under way may take when the server stops. Without a database they end in errors anyway.
func (s *server) grace() time.Duration {
	if s.cluster != nil {
		select {
		case <-s.cluster.Done():
			return time.Second
		default:
		}
	}
	return 10 * time.Second
}

// guard ends the node with its private database, which nobody else would start again.
func (s *server) guard(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.cluster.Done():
		return fmt.Errorf("the private database ended; %s says why; start again to let it recover", filepath.Join(s.cfg.Data, "postgres.log"))
	}
}

// breakOff cancels the jobs that still run; another node, or the next start, works them again.
func (s *server) breakOff() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.jobs.StopAndCancel(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// sftpAddress is where the SFTP server listens, "" for none.
func (s *server) sftpAddress() string {
	if s.sftp == nil {
		return ""
	}
	return s.sftp.Addr().String()
}

// httpURL is where the server is reached from this machine.
func (s *server) httpURL() string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	return "http://" + strings.Replace(s.http.Addr().String(), "[::]", "127.0.0.1", 1)
}
