// Command payments measures what it costs to place an order by card beside what the gateway takes, over the network and by the
// program itself, alternating with orders on account, and prints the figures for docs/performance.md.
//
//	go run ./test/bench/payments -orders 500
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"
)

// bench is one use of the command.
type bench struct {
	orders, lines int
	delay, pause  time.Duration // of the gateway; between two orders
	dir           string
	gateway       *gateway
	demo          *demo
}

func main() {
	var b bench
	flag.IntVar(&b.orders, "orders", 500, "orders of each kind")
	flag.IntVar(&b.lines, "lines", 5, "lines of an order")
	flag.DurationVar(&b.delay, "delay", 0, "what the gateway takes besides its own work")
	flag.DurationVar(&b.pause, "pause", 100*time.Millisecond, "between two orders, so that files and messages of the one do not stand in the way of the next")
	flag.StringVar(&b.dir, "data", "", "folder for the demo (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "payments:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "hanse-payments-"); err != nil {
			return err
		}
		if err := os.Chmod(b.dir, 0o711); err != nil { // #nosec G302 -- the database's user has to pass through
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	}
	hanse := filepath.Join(b.dir, "hanse")
	if err := build(ctx, hanse); err != nil {
		return err
	}
	if b.gateway, err = openGateway(ctx, b.delay); err != nil {
		return err
	}
	defer b.gateway.close()
	if b.demo, err = startDemo(ctx, hanse, filepath.Join(b.dir, "data"), b.gateway.address); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.demo.stop()) }()
	if err := b.gateway.play(b.demo); err != nil {
		return err
	}
	c, err := b.demo.login(ctx)
	if err != nil {
		return err
	}
	const warm = 50
	first, err := c.prepare(ctx, b.lines)
	if err != nil {
		return err
	}
	checkouts, err := b.demo.copies(ctx, first, 2*(b.orders+warm))
	if err != nil {
		return err
	}
	if _, err := b.measure(ctx, c, checkouts[:2*warm]); err != nil { // warms all sides up
		return err
	}
	r, err := b.measure(ctx, c, checkouts[2*warm:])
	if err != nil {
		return err
	}
	r.print(b)
	return nil
}

// result is what was measured, in milliseconds: whole orders on account, whole orders by card, what the gateway took of these,
// and what is left of them.
type result struct{ account, card, gateway, own []float64 }

// measure places orders by one client, in turn on account and by card.
func (b *bench) measure(ctx context.Context, c *client, checkouts []string) (r result, err error) {
	for i, checkout := range checkouts {
		byCard := i%2 == 1
		input := map[string]any{}
		if byCard {
			if input["paymentToken"], err = b.gateway.card(ctx); err != nil {
				return r, err
			}
			input["returnUrl"] = c.base
			if err := b.demo.payByCard(ctx, checkout); err != nil {
				return r, err
			}
		}
		time.Sleep(b.pause)
		b.gateway.took()
		began := time.Now()
		if err := c.place(ctx, checkout, input); err != nil {
			return r, err
		}
		whole := milliseconds(time.Since(began))
		if !byCard {
			r.account = append(r.account, whole)
			continue
		}
		gateway, calls := b.gateway.took()
		if calls != 1 {
			return r, fmt.Errorf("an order by card asked the gateway %d times", calls)
		}
		r.card, r.gateway, r.own = append(r.card, whole), append(r.gateway, milliseconds(gateway)), append(r.own, whole-milliseconds(gateway))
	}
	return r, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r result) print(b *bench) {
	fmt.Printf("%d orders of %d lines each way, by one client, %s after the last; milliseconds\n%-44s %8s %8s %8s\n", len(r.card), b.lines, b.pause, "", "p50", "p95", "p99")
	for _, row := range []struct {
		what   string
		values []float64
	}{{"on account", r.account}, {"by card", r.card}, {"of which the gateway", r.gateway}, {"by card without the gateway", r.own}} {
		fmt.Printf("%-44s %8.2f %8.2f %8.2f\n", row.what, at(row.values, 50), at(row.values, 95), at(row.values, 99))
	}
	fmt.Printf("%-44s %8.2f %8.2f %8.2f\n", "what the payment adds to an order on account", at(r.own, 50)-at(r.account, 50), at(r.own, 95)-at(r.account, 95), at(r.own, 99)-at(r.account, 99))
}

// at is the value that so many percent are not above.
func at(values []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*percent/100]
}
