package moduletest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/module"
)

// WebhookCase is a module whose system calls Hanse.
type WebhookCase struct {
	Module  module.Webhook
	Channel *module.Channel
	// Body is a genuine message, and Event what it says.
	Body  []byte
	Event module.Event
	// Sign gives the headers with which the system would send a body at a time.
	Sign func(body []byte, at time.Time) http.Header
}

// Webhook runs the suite of module.Webhook.
func Webhook(t *testing.T, c WebhookCase) {
	now := time.Now()
	receive := func(body []byte, header http.Header) (module.Event, error) {
		return c.Module.Receive(c.Channel, module.Notification{Header: header, Body: body, Received: now})
	}
	t.Run("a genuine message is understood, however often it comes", func(t *testing.T) {
		for range 2 {
			e, err := receive(c.Body, c.Sign(c.Body, now))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.Event, e); d != "" {
				t.Errorf("the event differs (-want +got):\n%s", d)
			}
		}
	})
	altered := append([]byte{}, c.Body...)
	altered[len(altered)/2] ^= 1
	signature := c.Sign(c.Body, now)
	scrambled := http.Header{}
	for name, values := range signature {
		for _, v := range values {
			scrambled.Add(name, strings.NewReplacer("0", "1", "1", "0", "a", "b", "b", "a", "e", "f", "f", "e").Replace(v))
		}
	}
	for _, bad := range []struct {
		name   string
		body   []byte
		header http.Header
	}{
		{"without a signature", c.Body, http.Header{}},
		{"with another body", altered, signature},
		{"with an empty body", nil, signature},
		{"with another signature", c.Body, scrambled},
		{"of six minutes ago", c.Body, c.Sign(c.Body, now.Add(-6*time.Minute))},
		{"that is genuine and no message", []byte("{}"), c.Sign([]byte("{}"), now)},
	} {
		t.Run("a message "+bad.name+" is refused", func(t *testing.T) {
			e, err := receive(bad.body, bad.header)
			var f *module.Error
			if err == nil || !errors.As(err, &f) || f.Class != module.Refused {
				t.Fatalf("got %+v, %v; want an error of class refused", e, err)
			}
			if f.Code == "" || f.Detail == "" {
				t.Errorf("the error has no code or no words: %#v", f)
			}
			if d := cmp.Diff(module.Event{}, e); d != "" {
				t.Errorf("an event came with it: %s", d)
			}
		})
	}
}
