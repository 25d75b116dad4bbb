package fault_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
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

// TestStoryComparesValues plays the story where single values are a little wrong: each costs the steps that read it.
func TestStoryComparesValues(t *testing.T) {
	t.Parallel()
	c := found(t)
	acme, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	plot, err := acme.Story()
	if err != nil {
		t.Fatal(err)
	}
	run(t, c.db, "UPDATE product SET weight = weight + 0.001 WHERE sku = $1", acme.Products[7].SKU)
	run(t, c.db, `UPDATE price SET amount = amount + 0.01 WHERE product_id = (SELECT id FROM product WHERE sku = $1)`, plot.Group.SKU)
	run(t, c.db, `UPDATE inventory_level SET on_hand = on_hand + 1 WHERE product_id = (SELECT id FROM product WHERE sku = $1)`, plot.ContractIDoc.SKU)
	run(t, c.db, "UPDATE product SET status = 'enabled' WHERE sku = $1", plot.Discontinued)
	run(t, c.db, "UPDATE customer SET order_block = false WHERE number = $1", plot.Blocked.Customer)
	n := c.serve(t)
	reader := &audience{}
	failed, err := story.Play(t.Context(), c.place(newFront(t, n)), reader)
	if err != nil {
		t.Fatal(err)
	}
	text := reader.text.String()
	for _, step := range []string{"API: 77 products, 91 customers, every value", "API: warehouse stock of the contract product", "his price of his group",
		"his contract price (product by IDoc)", "a discontinued product does not exist", "a buyer whose customer is blocked"} {
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, step) && !strings.Contains(line, "FAIL") {
				t.Errorf("this step did not notice: %s", line)
			}
		}
	}
	if failed != strings.Count(text, "FAIL") || failed < 6 {
		t.Errorf("%d steps failed\n%s", failed, text)
	}
}
