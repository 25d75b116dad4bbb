package channel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
	"github.com/hanse-commerce/hanse/module"
)

func attempt() string { return uuid.Must(uuid.NewV7()).String() }

// wants fails unless the error is a module's of a code.
func wants(t *testing.T, err error, code, words string) {
	t.Helper()
	var e *module.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(err.Error(), words) {
		t.Errorf("%v; want code %s and the words %q", err, code, words)
	}
}

func TestPaymentGoesThroughAChannel(t *testing.T) {
	h := newHouse(t)
	_, err := h.pay(h.host, attempt(), "tok")
	wants(t, err, channel.CodeUnusable, "secretKey is required")
	h.secrets(t)
	s, err := h.pay(h.host, attempt(), "tok")
	if err != nil || s.Status != module.PaymentAuthorized {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := h.host.Look(context.Background(), h.Organization, h.id, module.PaymentLookup{Reference: "pay_1", Attempt: attempt()}); err != nil {
		t.Error(err)
	}
	if rates, err := h.host.Rates(context.Background(), h.Organization, h.id, module.RateRequest{}); err != nil || len(rates) != 1 {
		t.Errorf("%v, %v", rates, err)
	}
	if u := h.host.TrackingURL(context.Background(), h.Organization, h.id, "1Z"); u != h.till.URL+"/track/1Z" {
		t.Error(u)
	}
	_, err = h.host.Look(context.Background(), attempt(), h.id, module.PaymentLookup{})
	wants(t, err, channel.CodeUnknown, "in this organization")
	eventually(t, "three exchanges are done", func() bool {
		var n int
		h.Scan(&n, `select count(*) from exchange where channel_id = $1 and status = 'done' and http_status = 200 and duration > 0
			and point = 'module' and direction = 'out' and reference = 'req_1' and content_hash is not null`, h.id)
		return n == 3
	})
	var record, kind string
	h.Scan(&record, "select record_id from exchange where record_type = 'orders' and kind = 'POST /v1/payments' limit 1")
	h.Scan(&kind, "select name from exchange where record_type = 'paymentTransactions'")
	if record != "0190a000-0000-7000-8000-0000000000aa" || kind != "till look" {
		t.Errorf("%q %q", record, kind)
	}
	eventually(t, "health is written", func() bool {
		var ok bool
		h.Scan(&ok, "select last_success_at is not null and open_errors = 0 and latency > 0 from channel where id = $1", h.id)
		return ok
	})
}

func TestPassingFailuresAreRepeatedWithTheSameAttempt(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	h.till.script(answer{status: 503}, answer{status: 0}, answer{status: 429})
	a := attempt()
	if s, err := h.pay(h.host, a, "tok"); err != nil || s.Status != module.PaymentAuthorized {
		t.Fatalf("%+v, %v", s, err)
	}
	if n := h.till.attempts[a]; n != 4 || h.till.asked() != 4 {
		t.Errorf("asked %d times with the attempt, %d in all", n, h.till.asked())
	}
	h.till.script(answer{status: 402})
	_, err := h.pay(h.host, attempt(), "tok")
	wants(t, err, "declined", "402")
	if h.till.asked() != 5 {
		t.Error("a refusal was repeated")
	}
	h.till.script(answer{status: 302, header: map[string]string{"Location": h.till.URL + "/elsewhere"}})
	_, err = h.pay(h.host, attempt(), "tok")
	wants(t, err, "declined", "302")
	if h.till.asked() != 6 {
		t.Error("a redirect was followed")
	}
}

func TestBreakerOpensAndAGoodTestClosesIt(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	h.till.down.Store(true)
	var wg sync.WaitGroup
	for range 5 { // calls, each with its repetitions
		wg.Go(func() {
			if _, err := h.host.Rates(context.Background(), h.Organization, h.id, module.RateRequest{}); err == nil {
				t.Error("a till that is down gives rates")
			}
		})
	}
	wg.Wait()
	h.till.down.Store(false)
	before := h.till.asked()
	_, err := h.pay(h.host, attempt(), "tok")
	wants(t, err, channel.CodeOpen, "left alone")
	if h.till.asked() != before {
		t.Error("an open breaker lets through")
	}
	eventually(t, "health tells the failures", func() bool {
		var ok bool
		h.Scan(&ok, "select open_errors = 5 and last_failure like 'The till is down%' from channel where id = $1", h.id)
		return ok
	})
	if err := h.do(t, h.commands, "test", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pay(h.host, attempt(), "tok"); err != nil {
		t.Errorf("after a good test: %v", err)
	}
}

func TestModuleThatPanicsCostsTheCall(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	_, err := h.pay(h.host, attempt(), "panic")
	wants(t, err, "module_panic", "fell over [secret]")
	if !strings.Contains(h.log.String(), "a module panicked") {
		t.Error("the log says nothing of it")
	}
	if _, err := h.pay(h.host, attempt(), "tok"); err != nil {
		t.Error(err)
	}
}

func TestSixteenCallsAtOnce(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	h.till.hold = make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := h.host.Look(context.Background(), h.Organization, h.id, module.PaymentLookup{Attempt: attempt()}); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "sixteen wait for the till", func() bool { return h.till.asked() == 16 })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := h.host.Look(ctx, h.Organization, h.id, module.PaymentLookup{})
	if err == nil {
		t.Error("a buyer who went away gets an answer")
	}
	if h.till.asked() != 16 {
		t.Errorf("%d calls at once", h.till.asked())
	}
	close(h.till.hold)
	wg.Wait()
}

func TestPausedOnOneNodeRestsOnAll(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	other := h.node(t)
	if _, err := h.pay(other, attempt(), "tok"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.do(t, h.commands, "pause", nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, host := range []*channel.Host{h.host, other} {
		_, err := h.pay(host, attempt(), "tok")
		wants(t, err, channel.CodePaused, "paused")
	}
	if err := h.do(t, h.runner(t, other), "resume", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pay(h.host, attempt(), "tok"); err != nil {
		t.Error(err)
	}
	h.Exec("update channel set enabled = false, revision = revision + 1 where id = $1", h.id)
	_, err := h.pay(h.host, attempt(), "tok")
	wants(t, err, channel.CodeUnusable, "not enabled")
	if _, err := h.host.Rates(context.Background(), h.Organization, h.id, module.RateRequest{}); err == nil {
		t.Error("a channel that is not enabled gives rates")
	}
	// What was begun before it was switched off comes to its end.
	if _, err := h.host.Look(context.Background(), h.Organization, h.id, module.PaymentLookup{Reference: "pay_1"}); err != nil {
		t.Error(err)
	}
	for _, action := range []module.PaymentAction{module.Capture, module.Cancel, module.Refund} {
		r := module.PaymentRequest{Action: action, Attempt: attempt(), Reference: "pay_1"}
		if _, err := h.host.Pay(context.Background(), h.Organization, h.id, r); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	_, err = h.host.Pay(context.Background(), h.Organization, h.id, module.PaymentRequest{Action: module.Validate, Attempt: attempt()})
	wants(t, err, channel.CodeUnusable, "not enabled")
	if status, text := h.hook(hookSecret, `{"id":"evt_8","type":"payment.paid"}`); status != 200 {
		t.Errorf("a message about what was begun: %d %s", status, text)
	}
	var events int
	h.Scan(&events, "select count(*) from change where event in ('channel.paused', 'channel.resumed')")
	if events != 2 {
		t.Errorf("%d events", events)
	}
}

func TestLostKeyMakesAChannelUnusableAndNothingElse(t *testing.T) {
	h := newHouse(t)
	h.secrets(t)
	if err := os.Remove(filepath.Join(h.dir, secret.File)); err != nil {
		t.Fatal(err)
	}
	lost := h.node(t) // makes itself a new key
	_, err := h.pay(lost, attempt(), "tok")
	wants(t, err, channel.CodeUnusable, "The secret secretKey cannot be read: it was sealed with a key that this node does not have")
	if strings.Contains(err.Error(), "secretKey is required") {
		t.Errorf("a secret that cannot be read is called missing: %v", err)
	}
	if _, err := h.pay(h.host, attempt(), "tok"); err != nil {
		t.Errorf("the node that has the key: %v", err)
	}
	runner := h.runner(t, lost)
	if err := h.do(t, runner, "test", nil); err != nil {
		t.Fatal(err)
	}
	checks := fmt.Sprint(h.Get(h.Caller, "channels", h.id)["checks"])
	if !strings.Contains(checks, "cannot be read") || !strings.Contains(checks, "skipped:true") {
		t.Errorf("the checks say %s", checks)
	}
	for name, value := range map[string]string{"secretKey": secretKey, "webhookSecret": hookSecret} {
		if err := h.do(t, runner, "setSecret", map[string]any{"name": name, "value": value}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.pay(lost, attempt(), "tok"); err != nil {
		t.Errorf("after setting the secrets again: %v", err)
	}
}
