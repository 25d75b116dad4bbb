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
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/test/bench/demo"
)

// bench is one use of the command.
type bench struct {
	orders, lines int
	delay, pause  time.Duration // of the gateway; between two orders
	dir           string
	gateway       *gateway
	db            *pgx.Conn
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
	if b.gateway, err = openGateway(ctx, b.delay); err != nil {
		return err
	}
	defer b.gateway.close()
	d, err := demo.Start(ctx, b.dir, "--stripe-api-base", b.gateway.address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	if b.db, err = pgx.Connect(ctx, d.Facts.DatabaseURL); err != nil {
		return err
	}
	defer func() { _ = b.db.Close(context.WithoutCancel(ctx)) }()
	if err := b.gateway.play(d); err != nil {
		return err
	}
	buyer, err := d.Login(ctx)
	if err != nil {
		return err
	}
	c := &client{d.Facts.API.StorefrontURL, buyer}
	const warm = 50
	first, err := c.prepare(ctx, b.lines)
	if err != nil {
		return err
	}
	checkouts, err := copies(ctx, b.db, first, 2*(b.orders+warm))
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
			if err := payByCard(ctx, b.db, checkout); err != nil {
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
