package backoffice

import (
	"context"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
)

// advancing is a run that goes on each time somebody looks.
type advancing struct {
	prepared
	looks atomic.Int64
}

func (a *advancing) Exchange(ctx context.Context, id string) (Exchange, error) {
	e, err := a.prepared.Exchange(ctx, "e1")
	e.Estimate, e.Counts.Read = 3, int(a.looks.Add(1))
	if e.Counts.Read >= 3 {
		e.Status, e.Counts.Read = "done", 3
	}
	return e, err
}

// TestProgressIsLive: the page of a run follows it to its end and then asks no more.
func TestProgressIsLive(t *testing.T) {
	b := pagetest.NewBrowser(t)
	records := newHouse(t).Records
	a := &advancing{}
	office, err := New(Options{Name: "Office"}, Sources{Users: a, Desk: a, Exchanges: a, Records: records, Traces: a, Channels: a, Papers: a})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(office)
	defer server.Close()
	b.Do(t,
		chromedp.Navigate(server.URL+"/admin/exchanges/e1"),
		pagetest.Until(`document.querySelector("progress").value >= 1`),
		chromedp.Evaluate[chromedp.Void]("window.sameDocument = true"),
		pagetest.Until(`document.querySelector("#run .badge").textContent === "Done"`),
	)
	if !pagetest.Ask[bool](t, b, "window.sameDocument === true") {
		t.Error("the page was loaded anew instead of being updated")
	}
	if n := pagetest.Ask[int](t, b, "document.querySelectorAll('[data-hx-trigger]').length"); n != 0 {
		t.Error("the page of a finished run still asks")
	}
	if complaints := b.Complaints(); complaints != nil {
		t.Errorf("the browser complains: %q", complaints)
	}
}
