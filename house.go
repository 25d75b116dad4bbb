package hanse

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/account"
	"github.com/hanse-commerce/hanse/internal/blob"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/config"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/point/files/dispatch"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// house is what every command stands on: a database, the definitions, the store.
type house struct {
	cfg      config.Config
	log      *slog.Logger
	node     string // tells this process from all others on the database
	cluster  *postgres.Cluster
	url      string
	pool     *pgxpool.Pool // of requests
	work     *pgxpool.Pool // of everything behind them, so that neither waits for the other
	schema   atomic.Pointer[resource.Schema]
	store    *record.Store
	registry *module.Registry
	blobs    blob.Store
	ledger   *exchange.Ledger
	access   *access.Directory
}

// definitions are all resources, commands and extensions of this build.
func definitions() [][]resource.Definition {
	return append(commerce.Resources(), access.Resources(), exchange.Resources(), channel.Resources(module.Default), account.Resources(), watch.Resources())
}

// sources are the migrations of all areas.
func sources() []postgres.Source {
	all := []postgres.Source{access.Migrations(), record.Migrations(), change.Migrations(), exchange.Migrations(), command.Migrations()}
	all = append(all, commerce.Sources()...)
	return append(all, intake.Migrations(), watch.Migrations(), dispatch.Migrations(), sftp.Migrations())
}

// openHouse connects to the configured database, or starts the private cluster; it does not migrate.
func openHouse(ctx context.Context, cfg config.Config, log *slog.Logger, progress func(string)) (h *house, err error) {
	h = &house{cfg: cfg, log: log, node: nodeName(), registry: module.Default, url: cfg.Database}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return h, fmt.Errorf("finding the data folder %s: %w", cfg.Data, err)
	}
	if h.url == "" { // the cluster makes the folder so that its own user can reach it
		h.cluster, err = postgres.Start(ctx, postgres.ClusterOptions{DataDir: h.cfg.Data, Log: log, Progress: progress})
		if err != nil {
			return h, err
		}
		h.url = h.cluster.URL(postgres.Database)
	} else if err := os.MkdirAll(h.cfg.Data, 0o750); err != nil {
		return h, fmt.Errorf("making the data folder: %w", err)
	}
	if err := h.connect(ctx); err != nil {
		return h, err
	}
	return h, h.openBlobs()
}

// visitHouse connects to a database that another process serves: the one named, or the running demo's.
func visitHouse(ctx context.Context, cfg config.Config, log *slog.Logger) (*house, error) {
	h := &house{cfg: cfg, log: log, node: nodeName(), registry: module.Default, url: cfg.Database}
	var err error
	if h.cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return nil, fmt.Errorf("finding the data folder %s: %w", cfg.Data, err)
	}
	if h.url == "" {
		if h.url, err = postgres.Running(h.cfg.Data); err != nil {
			return nil, err
		}
	}
	if err := h.connect(ctx); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *house) connect(ctx context.Context) (err error) {
	if h.pool, err = postgres.Open(ctx, h.url, postgres.PoolOptions{Log: h.log}); err != nil {
		return err
	}
	if h.work, err = postgres.Open(ctx, h.url, postgres.PoolOptions{Log: h.log, MaxConns: 12}); err != nil {
		return err
	}
	schema, err := resource.NewSchema(definitions()...)
	if err != nil {
		return err
	}
	h.schema.Store(schema)
	h.store = record.NewStore(h.schema.Load)
	h.ledger = exchange.NewLedger(h.work)
	h.access = access.NewDirectory(h.pool)
	return nil
}

// openBlobs opens the store of contents, in a folder that it makes at need.
func (h *house) openBlobs() (err error) {
	h.blobs, err = blob.OpenFolder(filepath.Join(h.cfg.Data, "blobs"))
	return err
}

// migrate brings the tables up to date and compares them with the definitions.
func (h *house) migrate(ctx context.Context) error {
	if err := postgres.Migrate(ctx, h.work, h.log, sources()...); err != nil {
		return err
	}
	return record.Verify(ctx, h.pool, h.schema.Load())
}

func (h *house) close() {
	for _, p := range []*pgxpool.Pool{h.pool, h.work} {
		if p != nil {
			p.Close()
		}
	}
	if h.cluster != nil {
		if err := h.cluster.Stop(context.Background()); err != nil && !errors.Is(err, context.Canceled) {
			h.log.Error("the private cluster did not stop", "error", err)
		}
	}
}

func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), rand.Text()[:6])
}

func newLog(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, &exitError{exitUsage, fmt.Sprintf("the log level %q is not debug, info, warn or error", level)}
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l})), nil
}
