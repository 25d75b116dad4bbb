// Command reads measures the product list of a buyer through JSON:API against pgbench with the very statements that the
// server sends, alternating, with few price lists and with very many, and prints the figures for docs/performance.md.
//
//	go run ./test/bench/reads -rounds 5 -seconds 5
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/hanse-commerce/hanse/test/bench/demo"
)

// bench is one use of the command.
type bench struct {
	rounds, seconds, connections int
	products, lists              int
	dir                          string
	demo                         *demo.Demo
	category                     string // whose products are listed
}

func main() {
	var b bench
	flag.IntVar(&b.rounds, "rounds", 5, "how often each side is measured")
	flag.IntVar(&b.seconds, "seconds", 5, "how long each measurement takes")
	flag.IntVar(&b.connections, "connections", 8, "connections of each side")
	flag.IntVar(&b.products, "products", 100_000, "products; each of the few lists has a price for each")
	flag.IntVar(&b.lists, "lists", 10_000, "lists of the large case; each further one prices a hundredth of the products")
	flag.StringVar(&b.dir, "data", "", "folder for the demo (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "reads:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.demo, err = demo.Start(ctx, b.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.demo.Stop()) }()
	const few = 10
	fmt.Printf("%d products, %d connections, %d rounds of %d s\n", b.products, b.connections, b.rounds, b.seconds)
	if err := b.fill(ctx, few); err != nil {
		return err
	}
	small, err := b.compare(ctx, few)
	if err != nil {
		return err
	}
	if err := b.extend(ctx, few, b.lists); err != nil {
		return err
	}
	large, err := b.compare(ctx, b.lists)
	if err != nil {
		return err
	}
	fmt.Printf("p50 with %d lists is %.2f times that with %d (through JSON:API), %.2f times by pgbench\n", b.lists,
		large.p50/small.p50, few, small.bare/large.bare)
	return nil
}

// verdict is the medians of one size.
type verdict struct{ rate, bare, p50, p95 float64 }

// compare measures both sides in turn and prints each round, then the medians.
func (b *bench) compare(ctx context.Context, lists int) (verdict, error) {
	path := "/products?filter[category]=" + b.category + "&sort=sku&page[size]=24"
	buyer, err := b.demo.Login(ctx)
	if err != nil {
		return verdict{}, err
	}
	c := &client{b.demo.Facts.API.StorefrontURL, buyer}
	if err := c.check(ctx, path, lists); err != nil {
		return verdict{}, err
	}
	script, err := b.script(ctx, path)
	if err != nil {
		return verdict{}, err
	}
	var rates, bares, p50s, p95s, ratios []float64
	for n := range b.rounds + 1 {
		r, err := c.load(ctx, path, b.connections, time.Duration(b.seconds)*time.Second)
		if err != nil {
			return verdict{}, err
		}
		bare, err := b.pgbench(ctx, script)
		if err != nil {
			return verdict{}, err
		}
		if n == 0 {
			continue // warms both sides up
		}
		fmt.Printf("  %d lists, round %d: JSON:API %.0f/s, p50 %.2f ms, p95 %.2f ms; pgbench %.0f/s; ratio %.2f\n", lists, n, r.rate, r.p50, r.p95, bare, r.rate/bare)
		rates, bares, p50s, p95s, ratios = append(rates, r.rate), append(bares, bare), append(p50s, r.p50), append(p95s, r.p95), append(ratios, r.rate/bare)
	}
	v := verdict{rate: median(rates), bare: median(bares), p50: median(p50s), p95: median(p95s)}
	fmt.Printf("%d lists: JSON:API %.0f/s, p50 %.2f ms, p95 %.2f ms (%.1f x p50); pgbench %.0f/s; ratio %.2f\n", lists, v.rate, v.p50, v.p95, v.p95/v.p50, v.bare, median(ratios))
	return v, nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
