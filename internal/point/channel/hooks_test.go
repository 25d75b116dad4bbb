package channel_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hanse-commerce/hanse/module"
)

func TestMessagesComeIn(t *testing.T) {
	h := newHouse(t)
	var got atomic.Pointer[module.Event]
	var fail atomic.Bool
	h.host.Events = func(_ context.Context, organization, channel string, e module.Event) error {
		if fail.Load() {
			return errors.New("the desk is shut")
		}
		if organization != h.Organization || channel != h.id {
			t.Errorf("%s %s", organization, channel)
		}
		got.Store(&e)
		return nil
	}
	const message = `{"id":"evt_7","type":"payment.paid"}`
	if status, _ := h.hook(hookSecret, message); status != http.StatusServiceUnavailable {
		t.Errorf("without its secrets the channel answers %d", status)
	}
	h.secrets(t)
	if status, text := h.hook(hookSecret, message); status != http.StatusOK || got.Load() == nil || got.Load().ID != "evt_7" {
		t.Errorf("%d %s, %+v", status, text, got.Load())
	}
	for range 3 {
		if status, text := h.hook("forged", message); status != http.StatusBadRequest || text != "The signature is not the till's.\n" {
			t.Errorf("a forged message: %d %s", status, text)
		}
	}
	fail.Store(true)
	if status, _ := h.hook(hookSecret, message); status != http.StatusServiceUnavailable {
		t.Errorf("a message without effect: %d", status)
	}
	if status, _ := h.hook(hookSecret, strings.Repeat("x", 1<<20+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large a message: %d", status)
	}
	if err := h.do(t, h.commands, "pause", nil); err != nil {
		t.Fatal(err)
	}
	if status, _ := h.hook(hookSecret, message); status != http.StatusServiceUnavailable {
		t.Errorf("a paused channel answers %d", status)
	}
	var done, refused, failed int
	h.Scan(&done, `select count(*) from exchange where direction = 'in' and status = 'done' and reference = 'evt_7' and kind = 'payment.paid' and channel_id = $1`, h.id)
	h.Scan(&refused, `select count(*) from exchange where direction = 'in' and status = 'refused' and reason_code = 'invalid_signature' and content_hash is not null`)
	h.Scan(&failed, `select count(*) from exchange where direction = 'in' and status = 'refused' and reason_code = 'not_taken'`)
	if done != 1 || refused != 1 || failed != 1 {
		t.Errorf("%d done, %d of three refused kept, %d without effect", done, refused, failed)
	}
}

func TestHooksOfNobody(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodPost, "/hooks/", http.StatusNotFound},
		{http.MethodPost, "/hooks/nothing", http.StatusNotFound},
		{http.MethodPost, "/hooks/" + attempt(), http.StatusNotFound},
		{http.MethodPost, "/hooks/" + h.ID("channel", "code", "paymentTerm"), http.StatusNotFound},
		{http.MethodGet, "/hooks/" + h.id, http.StatusMethodNotAllowed},
	} {
		w := httptest.NewRecorder()
		h.host.Hooks().ServeHTTP(w, httptest.NewRequest(c.method, c.path, http.NoBody))
		if w.Code != c.status {
			t.Errorf("%s %s: %d", c.method, c.path, w.Code)
		}
	}
}

// TestASettingIsNoBusinessOfSenders: anybody can send a message, and reads nothing of what is wrong with the channel; whoever
// keeps it does.
func TestASettingIsNoBusinessOfSenders(t *testing.T) {
	h := newHouse(t)
	h.Exec(`update channel set settings = settings || '{"floor":0}'`)
	h.secrets(t)
	for range 2 {
		status, text := h.hook(hookSecret, `{"id":"evt_1","type":"payment.paid"}`)
		if status != http.StatusServiceUnavailable || strings.Contains(text, "floor") || strings.Contains(text, hookSecret) {
			t.Errorf("%d %s", status, text)
		}
	}
	var kept int
	h.Scan(&kept, `select count(*) from exchange where direction = 'in' and status = 'refused' and reason_code = 'no_floor' and reason like 'Set floor to 1%'`)
	if kept != 1 {
		t.Errorf("%d of two messages kept", kept)
	}
	if said := h.log.String(); strings.Count(said, "was not read") != 1 || !strings.Contains(said, "Set floor to 1") || strings.Contains(said, hookSecret) {
		t.Errorf("the log says: %s", said)
	}
}
