package pagetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is a real one. It collects what pages complain about, such as what the content security policy blocked.
type Browser struct {
	context.Context
	mu         sync.Mutex
	complaints []string
}

// NewBrowser starts Chromium for a test, or skips the test where there is none.
func NewBrowser(t *testing.T) *Browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("skipped: there is no Chromium on this machine")
	}
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("force-prefers-reduced-motion", true)))
	t.Cleanup(cancel)
	ctx, expire := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(expire)
	b := &Browser{Context: ctx}
	messages := chromedp.Console(ctx)
	go func() { // ends with the context
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() {
				b.complain(m.String())
			}
		}
	}()
	return b
}

// complain notes errors. The status of a page that a story wants to fail is none.
func (b *Browser) complain(text string) {
	if strings.Contains(text, "the server responded with a status of") {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, text)
}

// Complaints are the errors since the last call.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.complaints
	b.complaints = nil
	return list
}

// Do runs steps and fails the test if one cannot.
func (b *Browser) Do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		t.Fatal(err)
	}
}

// Ask evaluates an expression in the page.
func Ask[T any](t *testing.T, b *Browser, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// Until waits for an expression to become true in the page.
func Until(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(50*time.Millisecond))
}

// Layout shows stories in a narrow window, the German ones in a wide one too: nothing may reach beyond the page's edge, each control must be at
// least 24 pixels high and wide (WCAG 2.2, 2.5.8), and the browser must not complain.
func Layout(t *testing.T, stories []Story) {
	b := NewBrowser(t)
	byName := map[string]Story{}
	var current Story
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if s, ok := byName[strings.TrimPrefix(r.URL.Path, "/story/")]; ok {
			current = s
			s.Handler.ServeHTTP(w, s.request())
			return
		}
		current.Handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	for _, s := range stories {
		byName[s.Name] = s
	}
	for _, width := range []int64{360, 1440} {
		b.Do(t, chromedp.EmulateViewport(width, 900))
		for _, s := range stories {
			if s.Theme != "" || width == 1440 && s.Language == "" {
				continue // colours change no layout, and German has the longer words
			}
			b.Do(t, chromedp.Navigate(server.URL+"/story/"+s.Name))
			for _, f := range append(Ask[[]string](t, b, layoutFaults), b.Complaints()...) {
				t.Errorf("%s at %d pixels: %s", s.Name, width, f)
			}
		}
	}
}

const layoutFaults = `(() => {
  const faults = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) faults.push("the page is " + document.documentElement.scrollWidth + " pixels wide");
  for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
    const box = e.getBoundingClientRect();
    if (box.width === 0 || e.matches(".skip") || e.closest(".visually-hidden") || e.closest("label")) continue;
    if (box.width < 24 || box.height < 24) faults.push(e.tagName + " " + e.textContent.trim().slice(0, 30) + " is " + Math.round(box.width) + " by " + Math.round(box.height) + " pixels");
  }
  return faults;
})()`
