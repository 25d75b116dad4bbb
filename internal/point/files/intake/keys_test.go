package intake

import (
	"fmt"
	"testing"
)

func TestKeys(t *testing.T) {
	for _, expected := range []int64{0, 10, 5000} {
		k := newKeys(expected)
		for n := range 5000 {
			if key := fmt.Sprint("key ", n); !k.add(key) || k.add(key) {
				t.Fatalf("%d expected: key %d", expected, n)
			}
		}
		if k.used != 5000 || k.add("key 0") || k.add("key 4999") {
			t.Errorf("%d expected: %d keys", expected, k.used)
		}
	}
}
