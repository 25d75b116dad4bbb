package hanse

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// setUp makes the company, lets SAP drop its morning files on our own SFTP server, waits until they are imported, gives the
// buyers their logins, and writes demo.json.
func (d *demo) setUp(ctx context.Context, s *server) error {
	company, err := sample.Load()
	if err != nil {
		return err
	}
	story, err := company.Story()
	if err != nil {
		return err
	}
	logins, whole, err := s.company(ctx, company, d.started)
	if err != nil {
		return err
	}
	d.say("company and logins ready")
	sim, err := d.simulator(s, logins)
	if err != nil {
		return err
	}
	sys, err := d.openSystems(ctx, s, logins)
	if err != nil {
		return err
	}
	defer sys.close()
	files := morning(company, logins.Morning)
	if whole {
		err = sim.Learn(files...)
	} else if err = d.load(ctx, s, sim, files); err == nil {
		err = s.finish(ctx, company, story, logins)
	}
	if err != nil {
		return err
	}
	f := s.facts(logins, story, sys)
	if err := f.write(); err != nil {
		return err
	}
	d.ready(f)
	if !d.simulators {
		<-ctx.Done() // the gateway and the carrier play on
		return sim.Close()
	}
	if err := sim.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Warn("the simulated SAP stopped", "error", err)
	}
	return sim.Close()
}

// The simulated SAP confirms an order at once, ships half of it after a pause and the rest after another, with an invoice each.
// It does so for some orders only: who tries out thousands wants to see the shop, not SAP.
const (
	answerPause = 10 * time.Second
	answered    = 100
)

func (d *demo) simulator(s *server, logins secrets) (*sapsim.Simulator, error) {
	var keys []ssh.PublicKey
	for _, line := range s.files.HostKeyLines() {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("reading the server's host key: %w", err)
		}
		keys = append(keys, key)
	}
	return sapsim.New(sapsim.Config{Addr: s.sftp.Addr().String(), User: partnerUser, Password: logins.Partner, HostKeys: keys, Log: s.log,
		Routine: sapsim.Routine{Pause: answerPause, Most: answered}})
}

func morning(c *sample.Company, now time.Time) []sapsim.File {
	var files []sapsim.File
	for _, f := range c.Morning(now) {
		files = append(files, sapsim.File{Name: f.Name, Write: f.Write})
	}
	return files
}

// load drops the morning files and waits until each is done.
func (d *demo) load(ctx context.Context, s *server, sim *sapsim.Simulator, files []sapsim.File) error {
	d.say("SAP drops its %d morning files over SFTP", len(files))
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	if err := s.drop(ctx, sim, files, names); err != nil {
		return fmt.Errorf("dropping the morning files: %w", err)
	}
	shown := 0
	for {
		states, err := s.arrived(ctx, names)
		if err != nil {
			return err
		}
		done := 0
		for _, st := range states {
			if st.status == "done" {
				done++
			} else if st.status == "partlyDone" || st.status == "refused" {
				return fmt.Errorf("the sample file %s came in as %s: %s", st.name, st.status, st.reason)
			}
		}
		if done > shown {
			shown = done
			d.say("imported %d of %d files", done, len(names))
		}
		if done == len(names) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// drop drops the files that an earlier set-up, which was cut off, has not dropped yet; SAP knows the others all the same.
func (s *server) drop(ctx context.Context, sim *sapsim.Simulator, files []sapsim.File, names []string) error {
	h, err := s.homes.Open(ctx, partnerUser)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	there := map[string]bool{}
	waiting, err := h.List(ctx, home.In) // before the ledger is asked: a file leaves in/ only after it was entered there
	if err != nil {
		return err
	}
	for _, w := range waiting {
		there[w.Name] = true
	}
	taken, err := s.arrived(ctx, names)
	if err != nil {
		return err
	}
	for _, t := range taken {
		there[t.name] = true
	}
	for _, f := range files {
		give := sim.Learn
		if !there[f.Name] {
			give = func(files ...sapsim.File) error { return sim.Drop(ctx, files...) }
		}
		if err := give(f); err != nil {
			return err
		}
	}
	return nil
}

type arrival struct{ name, status, reason string }

func (h *house) arrived(ctx context.Context, names []string) (states []arrival, err error) {
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT e.name, e.status, coalesce(e.reason, (SELECT string_agg(detail, ' ') FROM (SELECT detail FROM exchange_error x
			WHERE x.exchange_id = e.id AND x.severity = 'error' ORDER BY line LIMIT 3) d), '') FROM exchange e WHERE e.direction = 'in' AND e.name = ANY ($1)`, names)
		if err != nil {
			return err
		}
		states, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (arrival, error) {
			var a arrival
			err := row.Scan(&a.name, &a.status, &a.reason)
			return a, err
		})
		return err
	})
	return states, err
}

func (s *server) facts(logins secrets, story sample.Story, sys *systems) facts {
	url := s.httpURL()
	return facts{file: filepath.Join(s.cfg.Data, factsFile), HTTP: url, SFTP: s.sftp.Addr().String(), SFTPHostKeys: s.files.HostKeyLines(), DatabaseURL: s.url, Morning: logins.Morning,
		Partner: partnerFacts{User: partnerUser, Password: logins.Partner, PrivateKeyFile: s.partnerKeyFile(), In: "/in", Out: "/out",
			Home: filepath.Join(s.cfg.Data, "sftp", partnerUser)},
		Buyer: loginFacts{Email: story.Buyer.Email, Password: logins.Buyer}, Admin: loginFacts{Email: adminEmail, Password: logins.Admin},
		API:           apiFacts{AdminURL: url + adminBase, StorefrontURL: url + storefrontBase, TokenURL: url + "/oauth/token", ClientID: clientID, ClientSecret: logins.Client},
		StripeAPIBase: sys.stripeBase, FedExAPIBase: sys.fedexBase, StripeWebhookSecret: logins.StripeWebhook, StripeWebhookURL: sys.webhookURL}
}
