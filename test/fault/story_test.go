package fault_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/internal/demo/story"
)

// place is where the story plays: at the front's addresses.
func (c *company) place(f *front) story.Place {
	admin := strings.TrimPrefix(c.API.AdminURL, c.HTTP)
	shop := strings.TrimPrefix(c.API.StorefrontURL, c.HTTP)
	token := strings.TrimPrefix(c.API.TokenURL, c.HTTP)
	return story.Place{SFTP: f.sftp.Addr().String(), HostKeys: c.SFTPHostKeys, PartnerUser: c.Partner.User, PartnerPass: c.Partner.Password,
		BuyerEmail: c.Buyer.Email, BuyerPass: c.Buyer.Password, AdminURL: f.http.URL + admin, StorefrontURL: f.http.URL + shop,
		TokenURL: f.http.URL + token, ClientID: c.API.ClientID, ClientSecret: c.API.ClientSecret, Morning: c.Morning}
}

// audience reads the story and acts when a step is over.
type audience struct {
	mu   sync.Mutex
	text strings.Builder
	acts map[string]func() // by a part of the step's name
}

func (a *audience) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(b)
	for word, act := range a.acts {
		if strings.Contains(string(b), word) {
			delete(a.acts, word)
			act()
		}
	}
	return len(b), nil
}

// TestStoryWhileANodeDies plays the story before two nodes; the one that has the most to do is killed midway.
func TestStoryWhileANodeDies(t *testing.T) {
	t.Parallel()
	c := found(t)
	a, b := c.serve(t), c.serve(t)
	f := newFront(t, a, b)
	killed := false
	reader := &audience{acts: map[string]func(){"a cart of three lines adds up": func() {
		victim, other := c.holder(t, c.watching(t), a, b), a
		if victim == a {
			other = b
		}
		victim.Kill(t)
		killed = true
		// The front finds out by itself; the next requests still go to the dead node first.
		c.holder(t, c.watching(t), other)
	}}}
	failed, err := story.Play(t.Context(), c.place(f), reader)
	if err != nil || failed > 0 || !killed {
		t.Errorf("%d steps failed, killed: %v, %v\n%s", failed, killed, err, reader.text.String())
	}
	counted(t, c, 1, "order files", "SELECT count(*) FROM exchange WHERE direction = 'out' AND record_type = 'orders'")
	counted(t, c, 1, "orders", "SELECT count(*) FROM sales_order")
}
