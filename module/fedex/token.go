package fedex

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"sync"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

const (
	askingToken = "asking FedEx for an access token"
	tokenPath   = "/oauth/token" // #nosec G101 -- a path
)

// earlier is how long before its end a token is renewed, so that none ends on its way.
const earlier = time.Minute

// tokens are the access tokens got so far, by credentials. However many callers need a new one, one of them asks for it and
// the others wait for what he gets: FedEx blocks who asks too often.
type tokens struct {
	now func() time.Time

	mu   sync.Mutex
	held map[credentials]*held
	shut map[string]shutOut // by base: FedEx counts by the address that asks, whatever the credentials
}

// credentials are what a token is for.
type credentials struct {
	base, id string
	secret   [sha256.Size]byte
}

// held is the token of one set of credentials.
type held struct {
	token   string
	until   time.Time
	renewal *renewal // that is under way, or nil
}

// renewal is one question for a token, with those who wait for its answer.
type renewal struct {
	done  chan struct{} // closed when token and err are set
	token string
	err   error
	// gaveUp: the asker's own time was over, which says nothing to those who wait.
	gaveUp bool
}

func newTokens() *tokens {
	return &tokens{now: time.Now, held: map[credentials]*held{}, shut: map[string]shutOut{}}
}

func credentialsOf(s module.Settings) credentials {
	return credentials{base: base(s), id: s["clientId"], secret: sha256.Sum256([]byte(s["clientSecret"]))}
}

// get gives a token that still holds for a while, asking FedEx if need be.
func (t *tokens) get(ctx context.Context, c *module.Channel) (string, error) {
	key := credentialsOf(c.Settings)
	for {
		t.mu.Lock()
		h := t.held[key]
		if h == nil {
			h = &held{}
			t.held[key] = h
		}
		if t.now().Before(h.until) {
			defer t.mu.Unlock()
			return h.token, nil
		}
		if err := t.shutFor(key.base); err != nil {
			t.mu.Unlock()
			return "", err
		}
		if h.renewal == nil {
			r := &renewal{done: make(chan struct{}), gaveUp: true}
			h.renewal = r
			t.mu.Unlock()
			t.renew(ctx, c, h, r)
			return r.token, r.err
		}
		r := h.renewal
		t.mu.Unlock()
		select {
		case <-r.done:
			if !r.gaveUp {
				return r.token, r.err
			}
		case <-ctx.Done():
			return "", unreachable(c.Settings, "waiting for an access token", ctx.Err())
		}
	}
}

// renew asks for a token on behalf of all who wait for r. It lets them go whatever happens.
func (t *tokens) renew(ctx context.Context, c *module.Channel, h *held, r *renewal) {
	var lasts time.Duration
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		h.renewal = nil
		if r.token != "" {
			h.token, h.until = r.token, t.now().Add(lasts-min(earlier, lasts/10))
			t.forgetOthers(h)
		}
		t.shutBy(base(c.Settings), r.err)
		close(r.done)
	}()
	r.token, lasts, r.err = askToken(ctx, c)
	r.gaveUp = r.err != nil && ctx.Err() != nil
}

// forgetOthers drops what ended long ago: credentials are changed now and then. The caller holds mu.
func (t *tokens) forgetOthers(but *held) {
	for key, h := range t.held {
		if h != but && h.renewal == nil && t.now().Sub(h.until) > time.Hour {
			delete(t.held, key)
		}
	}
}

// drop forgets a token that FedEx refused, unless a newer one has taken its place. An empty token drops any.
func (t *tokens) drop(s module.Settings, token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.held[credentialsOf(s)]; h != nil && (token == "" || h.token == token) {
		h.token, h.until = "", time.Time{}
	}
}

// askToken asks FedEx for a token (POST /oauth/token, RFC 6749 section 4.4) and tells how long it holds.
func askToken(ctx context.Context, c *module.Channel) (token string, lasts time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.Settings["clientId"]}, "client_secret": {c.Settings["clientSecret"]}}
	body, err := post(ctx, c, call{doing: askingToken, path: tokenPath,
		contentType: "application/x-www-form-urlencoded", body: []byte(form.Encode())})
	if err != nil {
		return "", 0, err
	}
	var answer struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"` // seconds
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", 0, malformed(askingToken, "it has no access_token")
	}
	seconds, err := answer.ExpiresIn.Int64()
	if err != nil || seconds < 0 {
		seconds = 0 // good for this one call
	}
	return answer.AccessToken, time.Duration(min(seconds, 24*3600)) * time.Second, nil
}
