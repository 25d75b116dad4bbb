package fedexsim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
)

func (c *caller) get(path string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(r)
}

// control misbehaves over the network, as the demo's stories do.
func (c *caller) control(settings string) {
	c.t.Helper()
	if status, body := c.post("/_control", jsonly, settings); status != 200 {
		c.t.Fatalf("control: %d %s", status, body)
	}
}

func TestFaults(t *testing.T) {
	c := call(t, fedexsim.Config{Clock: clock, Hang: 50 * time.Millisecond})
	c.login()
	c.control(`{"faults":[{"answer":"503","count":2},{"answer":"429","retryAfter":3},{"answer":"500"},{"answer":"malformed"},{"answer":"hang"},
		{"answer":"slow","milliseconds":30},{"answer":"503","path":"/oauth/token","count":5}]}`)
	for i, want := range []int{503, 503, 429, 500, 200, 0, 200, 200} {
		begin := time.Now()
		status, body := c.rates(good)
		if status != want {
			t.Errorf("call %d: %d %s, not %d", i, status, body, want)
		}
		if i == 4 && json.Valid([]byte(body)) {
			t.Errorf("%s is not malformed", body)
		}
		if i == 6 && time.Since(begin) < 30*time.Millisecond {
			t.Error("the slow answer was not slow")
		}
	}
	_, body := c.get("/_control")
	var s fedexsim.State
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	if s.Calls != 9 || s.CallsByPath["/rate/v1/rates/quotes"] != 8 || s.Tokens != 1 || s.ValidTokens != 1 || s.Quotes != 2 || s.Refused != 4 ||
		len(s.Faults) != 1 || s.Faults[0].Count != 5 {
		t.Errorf("the state is %+v", s)
	}
	c.control(`{"reset":true}`)
	if s := c.sim.State(); s.Calls != 0 || len(s.Faults) != 0 {
		t.Errorf("behind a reset the state is %+v", s)
	}
}

func TestControlIsParticular(t *testing.T) {
	c := call(t, fedexsim.Config{})
	for _, settings := range []string{`{"fault":[]}`, `{"faults":[{"answer":"418"}]}`, `[]`, ``} {
		if status, _ := c.post("/_control", jsonly, settings); status != 400 {
			t.Errorf("%s was answered with %d", settings, status)
		}
	}
	if status, _ := c.post("/_control", "text/plain", `{"reset":true}`); status != 415 {
		t.Errorf("a form of another site was answered with %d", status)
	}
}

func TestTokens(t *testing.T) {
	now := clock()
	c := call(t, fedexsim.Config{Clock: func() time.Time { return now }, TokenSeconds: 60})
	for name, asked := range map[string]struct {
		kind, form string
		status     int
	}{
		"wrong secret": {form, "grant_type=client_credentials&client_id=l7-id&client_secret=x", 401},
		"wrong id":     {form, "grant_type=client_credentials&client_id=x&client_secret=s3cret", 401},
		"no grant":     {form, "client_id=l7-id&client_secret=s3cret", 400},
		"as JSON":      {jsonly, `{"grant_type":"client_credentials"}`, 415},
	} {
		if status, body := c.post("/oauth/token", asked.kind, asked.form); status != asked.status || !strings.Contains(body, `"errors":[{"code":`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := c.rates(good); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	c.login()
	if status, body := c.rates(good); status != 200 {
		t.Errorf("with a token: %d %s", status, body)
	}
	now = now.Add(time.Minute)
	if status, body := c.rates(good); status != 401 || !strings.Contains(body, "NOT.AUTHORIZED.ERROR") {
		t.Errorf("with a token that ended: %d %s", status, body)
	}
	c.login()
	c.control(`{"expireTokens":true}`)
	if status, _ := c.rates(good); status != 401 {
		t.Errorf("with a token that was ended: %d", status)
	}
}

// TestThrottle: who asks for tokens too often, at once or for long, gets none for ten minutes, and his token stays good.
func TestThrottle(t *testing.T) {
	now := clock()
	c := call(t, fedexsim.Config{Clock: func() time.Time { return now }})
	ask := func(times int, every time.Duration, status int) {
		t.Helper()
		for i := range times {
			if got, body := c.post("/oauth/token", form, "grant_type=client_credentials&client_id=l7-id&client_secret=s3cret"); got != status {
				t.Fatalf("question %d: %d %s, not %d", i+1, got, body, status)
			}
			now = now.Add(every)
		}
	}
	c.login()
	ask(14, 0, 200)
	ask(2, 5*time.Minute-time.Second, 403)
	if status, _ := c.rates(good); status != 200 {
		t.Errorf("with a token: %d", status)
	}
	now = now.Add(2 * time.Second)
	ask(120, 900*time.Millisecond, 200)
	ask(1, 0, 403)
	c.control(`{"reset":true}`)
	ask(1, 0, 200)
}

func TestOtherPaths(t *testing.T) {
	c := call(t, fedexsim.Config{})
	if status, body := c.get("/ship/v1/shipments"); status != 404 || !strings.Contains(body, "NOT.FOUND.ERROR") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := c.get("/fedextrack/?trknbr=%3Cscript%3E7946"); status != 200 || strings.Contains(body, "<script>") || !strings.Contains(body, "7946") {
		t.Errorf("%d %s", status, body)
	}
}
