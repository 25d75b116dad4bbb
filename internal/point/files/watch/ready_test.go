package watch

import (
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/home"
)

func TestStampOf(t *testing.T) {
	for name, want := range map[string]string{
		"products_20261103T081500Z_0001.csv": "20261103081500", "products_20261103081500.csv": "20261103081500", "prices_2026-11-03.csv": "20261103",
		"prices_2026-11-03T08-15-00.csv": "20261103081500", "20261103_081500_stock.csv": "20261103081500", "stock-20261103.csv": "20261103",
		"matmas_0000000000123456.xml": "", "order_4711_20261332.csv": "", "p12026110312.csv": "", "products.csv": "", "x_19991231T235959Z": "19991231235959",
		"orders_20261103T081500Z_0017955233210000.xml": "20261103081500",
	} {
		if got := stampOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzStampOf(f *testing.F) {
	f.Add("products_20261103T081500Z_0001.csv")
	f.Fuzz(func(t *testing.T, name string) {
		if got := stampOf(name); len(got) != 0 && len(got) != 8 && len(got) != 14 {
			t.Errorf("%q: %q", name, got)
		}
	})
}

// Files that are merely unchanged wait for those before them that will be unchanged soon, but not for ever.
func TestDue(t *testing.T) {
	now := time.Now()
	f := &folder{seen: map[string]sighting{}, held: map[string]time.Time{}}
	file := func(name string, told, settled bool, age time.Duration) waiting {
		f.seen[name] = sighting{first: now.Add(-age), since: now.Add(-age)}
		return waiting{Entry: home.Entry{Path: name}, path: name, name: name, told: told, settled: settled}
	}
	names := func(files []waiting) (all string) {
		for _, w := range f.due(files) {
			all += w.name + " "
		}
		return all
	}
	all := []waiting{file("a", false, true, 20*time.Second), file("b", false, false, 5*time.Second), file("c", false, true, 20*time.Second), file("d", true, false, 0)}
	if got := names(all); got != "a d " {
		t.Errorf("due are %s", got)
	}
	all[1] = file("b", false, false, 2*time.Minute) // it keeps changing
	if got := names(all); got != "a c d " {
		t.Errorf("behind a file that keeps changing, due are %s", got)
	}
	all[1], all[2] = file("b", false, false, time.Second), file("c", false, true, 2*time.Minute)
	if got := names(all); got != "a c d " {
		t.Errorf("after waiting long, due are %s", got)
	}
	f.held["a"] = now.Add(time.Minute)
	if got := names(all); got != "c d " {
		t.Errorf("with one held back, due are %s", got)
	}
}
