package channel_test

import "testing"

// BenchmarkPay is a payment's step over a channel; the system on loopback answers at once, so what it takes is the host's own:
// a look at the revision and a row of the ledger before the call. The rest is written behind it.
func BenchmarkPay(b *testing.B) {
	h := newHouse(b)
	h.secrets(b)
	b.ResetTimer()
	for range b.N {
		if _, err := h.pay(h.host, attempt(), "tok"); err != nil {
			b.Fatal(err)
		}
	}
}
