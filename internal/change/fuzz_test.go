package change_test

import (
	"testing"

	"github.com/hanse-commerce/hanse/internal/change"
)

func FuzzParseCursor(f *testing.F) {
	for _, seed := range []string{"", "0-0", "4711-12", "-1-1", "+1-1", "1-", "9223372036854775807-2147483647"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := change.ParseCursor(s)
		if err != nil {
			return
		}
		if c.Position < 0 || c.Item < 0 {
			t.Errorf("%q is before the beginning: %v", s, c)
		}
		if again, err := change.ParseCursor(c.String()); err != nil || again != c {
			t.Errorf("%q: %v comes back as %v, %v", s, c, again, err)
		}
	})
}
