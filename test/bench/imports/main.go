// Command imports measures the import of products with price and stock by CSV over SFTP against COPY and a merge by psql
// into the same tables and indexes, alternating, and prints the figures for docs/performance.md.
//
//	go run ./test/bench/imports -rows 1000000 -rounds 5
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/hanse-commerce/hanse/internal/postgres"
)

// bench is one use of the command.
type bench struct {
	rows, rounds int
	only         string
	settings     string // of PostgreSQL, for looking at plans
	profile      bool
	dir          string
	hanse        string // the binary
	cluster      *postgres.Cluster
	file         string // the CSV
	bytes        int64
}

func main() {
	var b bench
	flag.IntVar(&b.rows, "rows", 1_000_000, "rows of the file")
	flag.IntVar(&b.rounds, "rounds", 5, "how often each side is measured")
	flag.StringVar(&b.only, "only", "", "measure just one side: hanse or psql")
	flag.StringVar(&b.dir, "data", "", "folder for database and files (default: a temporary one)")
	flag.BoolVar(&b.profile, "keep", false, "keep the folder and the last database, to look at them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "hanse-imports-"); err != nil {
			return err
		}
		if !b.profile {
			defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
		}
	}
	if err := os.MkdirAll(b.dir, 0o711); err != nil { // #nosec G301 -- the database's user has to pass through
		return err
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop(context.WithoutCancel(ctx))) }()
	fmt.Printf("%d rows, %d MB of CSV, PostgreSQL with fsync, 2 sides alternating, %d rounds\n", b.rows, b.bytes/1e6, b.rounds)
	fmt.Printf("%-8s %-6s %12s %12s %12s %10s\n", "round", "side", "first s", "unchanged s", "10% new s", "VmHWM MiB")
	var ours, theirs []figures
	for round := 1; round <= b.rounds; round++ {
		for _, side := range []string{"psql", "hanse"} {
			if b.only != "" && b.only != side {
				continue
			}
			f, err := b.measure(ctx, side)
			if err != nil {
				return fmt.Errorf("round %d, %s: %w", round, side, err)
			}
			fmt.Printf("%-8d %-6s %12.1f %12.1f %12.1f %10d\n", round, side, f.first.Seconds(), f.unchanged.Seconds(), f.tenth.Seconds(), f.peak>>20)
			if side == "hanse" {
				ours = append(ours, f)
			} else {
				theirs = append(theirs, f)
			}
		}
	}
	summarize(ours, theirs)
	return nil
}

// figures are what one round of a side took.
type figures struct {
	first, unchanged, tenth time.Duration
	peak                    int64 // bytes of memory of the server, at most
}

func summarize(ours, theirs []figures) {
	if len(ours) == 0 {
		return
	}
	first := func(f figures) time.Duration { return f.first }
	unchanged := func(f figures) time.Duration { return f.unchanged }
	tenth := func(f figures) time.Duration { return f.tenth }
	fmt.Printf("unchanged re-import is %.1f times faster than the first import\n", median(ours, first).Seconds()/median(ours, unchanged).Seconds())
	if len(theirs) == 0 {
		return
	}
	for _, x := range []struct {
		name string
		of   func(figures) time.Duration
	}{{"first import", first}, {"unchanged", unchanged}, {"10 % changed", tenth}} {
		fmt.Printf("%-14s psql %6.1f s, hanse %6.1f s: hanse reaches %.2f of the baseline\n", x.name, median(theirs, x.of).Seconds(), median(ours, x.of).Seconds(),
			median(theirs, x.of).Seconds()/median(ours, x.of).Seconds())
	}
}

func median(all []figures, of func(figures) time.Duration) time.Duration {
	times := make([]time.Duration, len(all))
	for i, f := range all {
		times[i] = of(f)
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// prepare builds the binary, starts the database, writes the files and makes the company that both sides fill.
func (b *bench) prepare(ctx context.Context) (err error) {
	b.hanse = filepath.Join(b.dir, "hanse")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.hanse, "./cmd/hanse") // #nosec G204 -- builds this module
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building hanse (run this in the module's folder): %w", err)
	}
	if b.cluster, err = postgres.Start(ctx, postgres.ClusterOptions{DataDir: filepath.Join(b.dir, "postgres")}); err != nil {
		return err
	}
	b.file = filepath.Join(b.dir, "products.csv")
	if b.bytes, err = writeRows(b.file, b.rows, false); err == nil {
		_, err = writeRows(b.changed(), b.rows, true)
	}
	if err == nil {
		err = b.found(ctx)
	}
	return err
}

// changed is the file in which a tenth of the rows has another price and stock.
func (b *bench) changed() string { return b.file + ".changed" }
