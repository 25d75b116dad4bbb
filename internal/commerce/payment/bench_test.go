package payment_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkSettle is what a payment adds to placing an order beside the time of the gateway, which answers at once here: claim
// and record.
func BenchmarkSettle(b *testing.B) {
	c := newCounter(b)
	var payments []*paid
	for range 200 {
		payments = append(payments, c.open("till", "100", "tok_good"))
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		if i >= len(payments) {
			b.StopTimer()
			payments = append(payments, c.open("till", "100", "tok_good"))
			b.StartTimer()
		}
		began := time.Now()
		if err := c.one.desk.Settle(context.Background(), c.Organization, payments[i].id); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
}
