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
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
	"github.com/hanse-commerce/hanse/resource"
)

// setUp makes the company, lets SAP drop its morning files on our own SFTP server, waits until they are imported, gives the
// buyers their logins, and writes demo.json.
func (d *demo) setUp(ctx context.Context, s *server) error {
	company, err := sample.Load()
	if err != nil {
		return err
	}
	logins, err := s.company(ctx, company)
	if err != nil {
		return err
	}
	d.say("company and logins ready")
	sim, err := d.simulator(s, logins)
	if err != nil {
		return err
	}
	loaded, err := s.loaded(ctx)
	if err != nil {
		return err
	}
	files := morning(company, d.started)
	if loaded {
		err = sim.Learn(files...)
	} else {
		err = d.load(ctx, s, sim, files)
	}
	if err != nil {
		return err
	}
	story, err := company.Story()
	if err != nil {
		return err
	}
	if err := s.buyers(ctx, company, story, logins.Buyer); err != nil {
		return err
	}
	f := s.facts(logins, story)
	if err := f.write(s.cfg.Data); err != nil {
		return err
	}
	d.banner(f, s)
	if d.ready != nil {
		d.ready(f)
	}
	if !d.simulators {
		return sim.Close()
	}
	if err := sim.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Warn("the simulated SAP stopped", "error", err)
	}
	return sim.Close()
}

func (d *demo) simulator(s *server, logins secrets) (*sapsim.Simulator, error) {
	var keys []ssh.PublicKey
	for _, line := range s.files.HostKeyLines() {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("reading the server's host key: %w", err)
		}
		keys = append(keys, key)
	}
	return sapsim.New(sapsim.Config{Addr: s.sftp.Addr().String(), User: partnerUser, Password: logins.Partner, HostKeys: keys, Log: s.log})
}

func morning(c *sample.Company, now time.Time) []sapsim.File {
	var files []sapsim.File
	for _, f := range c.Morning(now) {
		files = append(files, sapsim.File{Name: f.Name, Write: f.Write})
	}
	return files
}

// loaded reports whether the sample company came in before.
func (h *house) loaded(ctx context.Context) (yes bool, err error) {
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) >= 70 FROM product WHERE organization_id = (SELECT id FROM organization WHERE code = $1)`, organizationCode).Scan(&yes)
	})
	return yes, err
}

// load drops the morning files and waits until each is done.
func (d *demo) load(ctx context.Context, s *server, sim *sapsim.Simulator, files []sapsim.File) error {
	d.say("SAP drops its %d morning files over SFTP", len(files))
	if err := sim.Drop(ctx, files...); err != nil {
		return fmt.Errorf("dropping the morning files: %w", err)
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
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

// buyers makes the people who buy, whom SAP does not send, and gives those of the story their password.
func (h *house) buyers(ctx context.Context, c *sample.Company, story sample.Story, password string) error {
	org, err := h.organization(ctx, organizationCode)
	if err != nil {
		return err
	}
	caller := access.SystemCaller(org, "demo")
	b, people := &record.Batch{}, map[string]*record.Change{}
	for _, p := range c.Buyers() {
		u := h.change("customerUsers", map[string]string{"email": p.Email, "firstName": p.FirstName, "lastName": p.LastName, "phone": p.Phone,
			"language": p.Language, "customer": resource.ByKey(p.Customer).String()})
		people[p.Email] = b.Add(h.typ("customerUsers"), record.Upsert, u)
	}
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return h.apply(ctx, tx, caller, b)
	})
	if err != nil {
		return fmt.Errorf("making the sample buyers: %w", err)
	}
	for _, p := range []sample.Buyer{story.Buyer, story.Stranger, story.Blocked} {
		who := people[p.Email]
		if who.Outcome != record.Created {
			continue
		}
		if err := h.access.SetPassword(ctx, access.Subject{Kind: access.CustomerUser, ID: who.ID, Organization: org}, password); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) facts(logins secrets, story sample.Story) facts {
	url := s.httpURL()
	return facts{HTTP: url, SFTP: s.sftp.Addr().String(), SFTPHostKeys: s.files.HostKeyLines(), DatabaseURL: s.url,
		Partner: partnerFacts{User: partnerUser, Password: logins.Partner, PrivateKeyFile: s.partnerKeyFile(), In: "/in", Out: "/out",
			Home: filepath.Join(s.cfg.Data, "sftp", partnerUser)},
		Buyer: loginFacts{Email: story.Buyer.Email, Password: logins.Buyer}, Admin: loginFacts{Email: adminEmail, Password: logins.Admin},
		API: apiFacts{AdminURL: url + adminBase, StorefrontURL: url + storefrontBase, TokenURL: url + "/oauth/token", ClientID: clientID, ClientSecret: logins.Client}}
}

// banner says where everything is and what to try.
func (d *demo) banner(f facts, s *server) {
	host := s.sftp.Addr().String()
	fmt.Fprintf(d.out, `
Hanse is ready (%.1f s).

  Shop         %s         %s  /  %s
  Back-office  %s/admin   %s  /  %s
  SFTP         %s                    %s  /  %s
  API          %s   (token: %s)
  All of it    %s

Try: log in to the shop and order something; its file appears in out/ and SAP answers.
     sftp -P %s -i %s sap@127.0.0.1   and put a products_….csv into in/.
Stop with Ctrl-C.
`, time.Since(d.started).Seconds(), f.HTTP, f.Buyer.Email, f.Buyer.Password, f.HTTP, f.Admin.Email, f.Admin.Password,
		host, f.Partner.User, f.Partner.Password, f.API.AdminURL, f.API.TokenURL, filepath.Join(s.cfg.Data, factsFile),
		port(host), f.Partner.PrivateKeyFile)
}

func port(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			return address[i+1:]
		}
	}
	return address
}
