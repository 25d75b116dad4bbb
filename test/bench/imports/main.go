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
	keep         bool
	plans        time.Duration
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
	flag.BoolVar(&b.keep, "keep", false, "keep the folder and the last database, to look at them")
	flag.DurationVar(&b.plans, "plans", 0, "have PostgreSQL log the plans of statements that take as long (auto_explain; slows it down)")
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
		if !b.keep {
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
	fmt.Printf("%-6s %-6s %22s %22s %22s %10s\n", "round", "side", "first s (processor)", "unchanged s (proc.)", "10 % new s (proc.)", "VmHWM MiB")
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
			fmt.Printf("%-6d %-6s %22s %22s %22s %10d\n", round, side, f.first, f.unchanged, f.tenth, f.peak>>20)
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
	first, unchanged, tenth timing
	peak                    int64 // bytes of memory of the server, at most
}

// timing is how long a pass took on the clock and of the processors.
type timing struct{ clock, processor time.Duration }

func (t timing) String() string {
	return fmt.Sprintf("%.1f (%.1f)", t.clock.Seconds(), t.processor.Seconds())
}

func summarize(ours, theirs []figures) {
	if len(ours) == 0 {
		return
	}
	fmt.Printf("unchanged re-import, times faster than the first: %s\n", ratio(ours, func(i int) (timing, timing) { return ours[i].first, ours[i].unchanged }))
	if len(theirs) < len(ours) {
		return
	}
	for name, of := range map[string]func(figures) timing{"first import": func(f figures) timing { return f.first },
		"unchanged": func(f figures) timing { return f.unchanged }, "10 % new": func(f figures) timing { return f.tenth }} {
		fmt.Printf("%-13s part of the baseline that is reached: %s\n", name, ratio(ours, func(i int) (timing, timing) { return of(theirs[i]), of(ours[i]) }))
	}
}

// ratio is the median of the rounds' ratios: what was measured side by side is compared.
func ratio(rounds []figures, of func(i int) (timing, timing)) string {
	clock, processor := make([]float64, len(rounds)), make([]float64, len(rounds))
	for i := range rounds {
		a, b := of(i)
		clock[i], processor[i] = a.clock.Seconds()/b.clock.Seconds(), a.processor.Seconds()/b.processor.Seconds()
	}
	slices.Sort(clock)
	slices.Sort(processor)
	return fmt.Sprintf("%.2f (processor time: %.2f), of %d rounds %.2f to %.2f", clock[len(clock)/2], processor[len(processor)/2], len(rounds), clock[0], clock[len(clock)-1])
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
	if b.plans > 0 {
		if err := b.logPlans(ctx); err != nil {
			return err
		}
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
