package fault_test

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/internal/demo/story"
)

// place is where the story plays: at the front's addresses, with the gateway of the till.
func (c *company) place(f *front, g *till) story.Place {
	admin := strings.TrimPrefix(c.API.AdminURL, c.HTTP)
	shop := strings.TrimPrefix(c.API.StorefrontURL, c.HTTP)
	token := strings.TrimPrefix(c.API.TokenURL, c.HTTP)
	return story.Place{SFTP: f.sftp.Addr().String(), HostKeys: c.SFTPHostKeys, PartnerUser: c.Partner.User, PartnerPass: c.Partner.Password,
		BuyerEmail: c.Buyer.Email, BuyerPass: c.Buyer.Password, AdminURL: f.http.URL + admin, StorefrontURL: f.http.URL + shop,
		ShopURL: f.http.URL, StripeAPIBase: g.URL, TokenURL: f.http.URL + token, ClientID: c.API.ClientID, ClientSecret: c.API.ClientSecret, Morning: c.Morning}
}

// TestStoryWhileANodeDies plays the whole day before two nodes behind one address. In a hard moment the node dies that has the
// most to do: it watches SAP's folder, and works what its files ask for.
func TestStoryWhileANodeDies(t *testing.T) {
	t.Parallel()
	for _, moment := range []struct {
		name, what string // the gateway is asked for, or tells
		done, lost bool
	}{
		{name: "the buyer has said yes at his bank, and nobody has heard of it", what: "payment_intent.amount_capturable_updated"},
		{name: "a part is shipped and its money taken, and nobody has heard of it", what: "/capture", done: true, lost: true},
	} {
		t.Run(moment.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, "--log", "debug")
			s.openCarrier(t, s.front.http.URL, "fedex")
			h := s.till.hold(t, moment.what, moment.done, moment.lost)
			var text strings.Builder
			var failed int
			var err error
			played := make(chan struct{})
			go func() {
				defer close(played)
				failed, err = story.Play(t.Context(), s.place(s.front, s.till), &text)
			}()
			select {
			case <-h.reached:
				s.holder(t, s.watching(t), s.nodes[:]...).Kill(t)
				s.later(t)
				close(h.open)
				// The front finds out by itself; the next requests still go to the dead node first.
			case <-played:
				t.Error("the moment in which the node dies does not come")
			}
			<-played
			if err != nil || failed > 0 {
				t.Fatalf("%d steps failed, %v\n%s", failed, err, text.String())
			}
			counted(t, s.company, 2, "order files", "SELECT count(*) FROM exchange WHERE direction = 'out' AND point = 'files' AND record_type = 'orders'")
			counted(t, s.company, 3, "orders: by card, on account, SAP's own", "SELECT count(*) FROM sales_order WHERE status <> 'cancelled'")
			if n := len(s.till.entries(t)); n != 1 {
				t.Errorf("the gateway has %d payments, expected one", n)
			}
			s.foundNowhere(t)
		})
	}
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
	f := newFront(t, c.serve(t))
	g := c.openTill(t, f.http.URL)
	c.openCarrier(t, f.http.URL, "fedex")
	var played strings.Builder
	failed, err := story.Play(t.Context(), c.place(f, g), &played)
	if err != nil {
		t.Fatal(err)
	}
	text := played.String()
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
