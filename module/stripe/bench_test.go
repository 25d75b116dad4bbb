package stripe_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// BenchmarkAuthorize is one authorization with the simulator's own time and the network's on loopback.
func BenchmarkAuthorize(b *testing.B) {
	g := start(b, stripesim.Config{})
	c := g.channel(b, nil)
	r := request(b, "10.00", "")
	token := g.card("pm_card_visa")
	for b.Loop() {
		b.StopTimer()
		r.Attempt, r.Token = moduletest.Attempt(), token(b)
		b.StartTimer()
		if _, err := stripe.New().Pay(b.Context(), c, r); err != nil {
			b.Fatal(err)
		}
	}
}
