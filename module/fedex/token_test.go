package fedex

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/fedex/fedexsim"
	"github.com/hanse-commerce/hanse/module/moduletest"
)

// account is a module with a channel to a simulator.
func account(t *testing.T) (*fedexsim.Simulator, *Module, *module.Channel) {
	t.Helper()
	sim := fedexsim.New(fedexsim.Config{ClientID: "l7-id", ClientSecret: "s3cret-of-fedex", Account: "740561073", Hang: 5 * time.Second})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	m := New()
	return sim, m, moduletest.Channel(t, m, map[string]any{"apiBase": server.URL, "clientId": "l7-id", "clientSecret": "s3cret-of-fedex",
		"accountNumber": "740561073", "originPostalCode": "20457", "originCity": "Hamburg", "originCountry": "DE"})
}

func TestOneTokenForManyCallers(t *testing.T) {
	sim, m, c := account(t)
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "slow", Milliseconds: 50}}})
	got := make([]string, 50)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			token, err := m.tokens.get(t.Context(), c)
			if err != nil {
				t.Error(err)
			}
			got[i] = token
		})
	}
	all.Wait()
	for _, token := range got {
		if token == "" || token != got[0] {
			t.Errorf("one of many has the token %q, the first %q", token, got[0])
		}
	}
	if n := sim.State().Tokens; n != 1 {
		t.Errorf("%d tokens were asked for", n)
	}
}

func TestOneRefusalForManyCallers(t *testing.T) {
	sim, m, c := account(t)
	c.Settings["clientSecret"] = "wrong"
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "slow", Milliseconds: 300}}})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			var e *module.Error
			if _, err := m.tokens.get(t.Context(), c); !errors.As(err, &e) || e.Class != module.Unauthorized {
				t.Errorf("the error is %v", err)
			}
		})
	}
	all.Wait()
	if n := sim.State().Calls; n > 5 { // one, but for callers that the machine starts late
		t.Errorf("20 callers asked %d times", n)
	}
}

// TestAskerGivesUp: those who wait do not fail because he who asked for all had less time.
func TestAskerGivesUp(t *testing.T) {
	sim, m, c := account(t)
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "hang"}}})
	hasty, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error, 1)
	go func() {
		_, err := m.tokens.get(hasty, c)
		gaveUp <- err
	}()
	look, until := time.NewTicker(5*time.Millisecond), time.Now().Add(5*time.Second)
	defer look.Stop()
	for sim.State().Calls == 0 && time.Now().Before(until) {
		<-look.C
	}
	waits := make(chan error, 1)
	go func() {
		_, err := m.tokens.get(t.Context(), c)
		waits <- err
	}()
	cancel()
	var e *module.Error
	if err := <-gaveUp; !errors.As(err, &e) || e.Class != module.Connection {
		t.Errorf("who gave up has %v", err)
	}
	if err := <-waits; err != nil {
		t.Errorf("who waited has %v", err)
	}
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	sim, m, c := account(t)
	now := time.Now()
	m.tokens.now = func() time.Time { return now }
	ask := func(after time.Duration, want int) {
		t.Helper()
		now = now.Add(after)
		if _, err := m.tokens.get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := sim.State().Tokens; got != want {
			t.Errorf("%d tokens were asked for, not %d", got, want)
		}
	}
	ask(0, 1)
	ask(58*time.Minute, 1)
	ask(2*time.Minute, 2) // a minute before its end
	sim.Control(fedexsim.Settings{TokenSeconds: 10})
	ask(time.Hour, 3)
	ask(8*time.Second, 3)
	ask(time.Second, 4) // nine of ten seconds
	c.Settings["clientId"], c.Settings["clientSecret"] = "", ""
	if _, err := m.tokens.get(t.Context(), c); err == nil {
		t.Error("other credentials got the token of the first")
	}
	c.Settings["clientId"], c.Settings["clientSecret"] = "l7-id", "s3cret-of-fedex"
	ask(3*time.Hour, 5)
	if n := len(m.tokens.held); n != 1 {
		t.Errorf("tokens of %d credentials are held; one is of use", n)
	}
}

func TestOldTokenDoesNotDropANewOne(t *testing.T) {
	sim, m, c := account(t)
	first, err := m.tokens.get(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	m.tokens.drop(c.Settings, first)
	second, err := m.tokens.get(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	m.tokens.drop(c.Settings, first) // another caller who was refused a while ago
	if third, err := m.tokens.get(t.Context(), c); err != nil || third != second || sim.State().Tokens != 2 {
		t.Errorf("a third token was asked for: %v", err)
	}
}

func TestOddTokenAnswers(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"access_token":"t","expires_in":3599}`: 3599 * time.Second, `{"access_token":"t"}`: 0, `{"access_token":"t","expires_in":-5}`: 0,
		`{"access_token":"t","expires_in":"60"}`: time.Minute, `{"access_token":"t","expires_in":99999999999999}`: 24 * time.Hour,
		`{"access_token":"","expires_in":3599}`: -1, `{}`: -1, `[]`: -1, ``: -1, `null`: -1, `{"access_token":7}`: -1,
	} {
		c := answering(t, 200, body)
		_, lasts, err := askToken(t.Context(), c)
		if want >= 0 && (err != nil || lasts != want) {
			t.Errorf("%s: holds %s, %v", body, lasts, err)
		}
		var e *module.Error
		if want < 0 && (!errors.As(err, &e) || e.Class != module.Intermittent) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestShutOut: FedEx answers 403 for ten minutes to who asks for tokens too often. Nobody asks before they are over, whatever the
// credentials; a token that is held is good all the while, and "test connection" does not throw it away.
func TestShutOut(t *testing.T) {
	sim, m, c := account(t)
	now := time.Now()
	m.tokens.now = func() time.Time { return now }
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); err != nil {
		t.Fatal(err)
	}
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "403", Count: 100, Path: tokenPath}}})
	other := moduletest.Channel(t, m, map[string]any{"apiBase": c.Settings["apiBase"], "clientId": "other", "clientSecret": "s3cret-of-another",
		"accountNumber": "740561073", "originCountry": "DE"})
	refused := func(c *module.Channel, wait time.Duration) {
		t.Helper()
		_, err := m.tokens.get(t.Context(), c)
		var e *module.Error
		if !errors.As(err, &e) || e.Class != module.RateLimited || e.Code != "token_requests_blocked" || e.RetryAfter != wait ||
			!strings.Contains(err.Error(), "too many") || !strings.Contains(err.Error(), "FORBIDDEN.ERROR") {
			t.Errorf("%v", err)
		}
		if n := sim.State().CallsByPath[tokenPath]; n != 2 {
			t.Errorf("tokens were asked for %d times", n)
		}
	}
	refused(other, 10*time.Minute)
	if name, err := firstWrong(t, m, c); name != "Client id and secret are accepted" || !strings.Contains(err.Error(), "wait ten minutes") {
		t.Errorf("%q failed with %v", name, err)
	}
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); err != nil {
		t.Errorf("with the token that is held: %v", err)
	}
	now = now.Add(9 * time.Minute)
	refused(other, time.Minute)
	sim.Control(fedexsim.Settings{ExpireTokens: true})
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); err == nil {
		t.Error("there are rates without a token")
	}
	refused(c, time.Minute)
	sim.Control(fedexsim.Settings{Reset: true})
	now = now.Add(time.Minute)
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

// TestNotPermitted: 403 to a question for rates is no throttle, but a project without the permission.
func TestNotPermitted(t *testing.T) {
	sim, m, c := account(t)
	sim.Control(fedexsim.Settings{Faults: []fedexsim.Fault{{Answer: "403", Path: "/rate/v1/rates/quotes"}}})
	var e *module.Error
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); !errors.As(err, &e) || e.Class != module.Unauthorized || e.Code != "not_permitted" {
		t.Errorf("%v", err)
	}
	if _, err := m.Rates(t.Context(), c, abroad("EUR")); err != nil {
		t.Errorf("with the permission: %v", err)
	}
}
