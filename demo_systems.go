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

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
	"github.com/hanse-commerce/hanse/resource"
)

// The channels of the demo that speak to systems on the network.
const (
	stripeCode   = "stripe"
	fedexCode    = "fedex"
	fedexClient  = "l7-hanse-demo"
	fedexAccount = "740561073"
)

// systems are the gateway and the carrier that the demo speaks to: simulators of its own that are reached by the network
// only, or servers that were named on the command line.
type systems struct {
	stripeBase, fedexBase string
	webhookURL            string // where the gateway's messages go

	servers []*http.Server
	sim     *stripesim.Simulator
}

// outside tells which systems to use in the simulators' stead.
type outside struct{ stripe, fedex string }

// openSystems starts the simulators that are wanted and makes the channels that speak to them, with their secrets.
func (d *demo) openSystems(ctx context.Context, s *server, logins secrets) (sys *systems, err error) {
	sys = &systems{stripeBase: d.outside.stripe, fedexBase: d.outside.fedex}
	defer func() {
		if err != nil {
			sys.close()
		}
	}()
	earlier, err := s.earlierBases(ctx)
	if err != nil {
		return sys, err
	}
	var stripe, fedex net.Listener
	if sys.stripeBase == "" {
		if stripe, sys.stripeBase, err = door(ctx, earlier[stripeCode]); err != nil {
			return sys, err
		}
	}
	if sys.fedexBase == "" {
		if fedex, sys.fedexBase, err = door(ctx, earlier[fedexCode]); err != nil {
			return sys, err
		}
		sys.serve(fedex, fedexsim.New(fedexsim.Config{ClientID: fedexClient, ClientSecret: logins.FedEx, Account: fedexAccount, Currency: sample.Currency}))
	}
	id, err := s.openChannels(ctx, sys, logins)
	if err != nil {
		return sys, err
	}
	sys.webhookURL = s.httpURL() + "/hooks/" + id
	if stripe != nil {
		sys.sim = stripesim.New(stripesim.Config{PublicURL: sys.stripeBase, WebhookURL: sys.webhookURL, WebhookSecret: logins.StripeWebhook,
			SecretKey: logins.Stripe, PublishableKey: logins.StripePublishable, Merchant: "Acme Trading", Log: s.log,
			File: filepath.Join(d.cfg.Data, "stripe-simulator.json")})
		sys.serve(stripe, sys.sim)
	}
	return sys, nil
}

// earlierBases tells where the systems were at the demo's last start, by channel: pages of payments and tracking links of
// then should still work.
func (s *server) earlierBases(ctx context.Context) (map[string]string, error) {
	bases := map[string]string{}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select code, settings->>'apiBase' from channel where code = any ($1) and settings ? 'apiBase'", []string{stripeCode, fedexCode})
		if err != nil {
			return err
		}
		var code, base string
		_, err = pgx.ForEachRow(rows, []any{&code, &base}, func() error { bases[code] = base; return nil })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking up where gateway and carrier were: %w", err)
	}
	return bases, nil
}

// door opens the port of an earlier start, or a free one of this machine.
func door(ctx context.Context, earlier string) (l net.Listener, base string, err error) {
	address := "127.0.0.1:0"
	if was, ok := strings.CutPrefix(earlier, "http://127.0.0.1:"); ok {
		address = "127.0.0.1:" + was
	}
	for _, address := range []string{address, "127.0.0.1:0"} {
		if l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address); err == nil {
			break
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("opening a port for a simulator: %w", err)
	}
	return l, "http://" + l.Addr().String(), nil
}

func (sys *systems) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	sys.servers = append(sys.servers, server)
	go func() { _ = server.Serve(l) }() // it ends by Close
}

func (sys *systems) close() {
	for _, server := range sys.servers {
		_ = server.Close()
	}
	if sys.sim != nil {
		sys.sim.Close()
	}
}

// openChannels makes the channels of gateway and carrier, or brings them up to date: simulators may have another port.
// It gives the id of the gateway's.
func (s *server) openChannels(ctx context.Context, sys *systems, logins secrets) (stripe string, err error) {
	org, err := s.organization(ctx, organizationCode)
	if err != nil {
		return "", err
	}
	caller := access.SystemCaller(org, "demo")
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		b := &record.Batch{}
		b.Add(s.typ("channels"), record.Upsert, s.change("channels", map[string]string{"code": stripeCode, "name": "Stripe", "kind": "stripe", "position": "10",
			"label": localized("Credit card", "Kreditkarte"), "settings": settingsText(map[string]string{"apiBase": sys.stripeBase,
				"scriptURL": sys.stripeBase + "/v3/", "publishableKey": logins.StripePublishable, "capture": "shipment"})}))
		b.Add(s.typ("channels"), record.Upsert, s.change("channels", map[string]string{"code": fedexCode, "name": "FedEx", "kind": "fedex", "position": "10",
			"settings": settingsText(map[string]string{"apiBase": sys.fedexBase, "clientId": fedexClient, "accountNumber": fedexAccount,
				"originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE", "trackingUrl": sys.fedexBase + "/fedextrack/?trknbr={number}",
				"fallbackAmount": "29.00", "fallbackCurrency": sample.Currency})}))
		return s.apply(ctx, tx, caller, b)
	})
	if err != nil {
		return "", fmt.Errorf("making the channels of gateway and carrier: %w", err)
	}
	for _, secret := range [][3]string{{stripeCode, "secretKey", logins.Stripe}, {stripeCode, "webhookSecret", logins.StripeWebhook}, {fedexCode, "clientSecret", logins.FedEx}} {
		if stripe, err = s.setSecret(ctx, caller, secret, stripe); err != nil {
			return "", err
		}
	}
	return stripe, nil
}

// setSecret gives a channel a secret of its settings, and the id of the gateway's channel.
func (s *server) setSecret(ctx context.Context, caller access.Caller, secret [3]string, stripe string) (string, error) {
	c, ok := s.schema.Load().Command("channels", "setSecret")
	if !ok {
		return "", errors.New("channels have no command setSecret")
	}
	id, _, err := s.commands.Run(ctx, caller, c, resource.ByKey(secret[0]), map[string]any{"name": secret[1], "value": secret[2]}, "")
	if err != nil {
		return "", fmt.Errorf("setting %s of channel %s: %w", secret[1], secret[0], err)
	}
	if secret[0] == stripeCode {
		stripe = id
	}
	return stripe, nil
}
