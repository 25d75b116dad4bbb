package stripesim_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// A simulator that is started again with the file of an earlier one goes on with what that began.
func TestAccountOutlivesTheSimulator(t *testing.T) {
	file := filepath.Join(t.TempDir(), "stripe.json")
	begin := func() (*stripe.Client, *httptest.Server, func()) {
		sim := stripesim.New(stripesim.Config{File: file, PublicURL: "http://stripe.test"})
		server := httptest.NewServer(sim)
		return client(server, "sk_test_simulator"), server, func() { server.Close(); sim.Close() }
	}
	ctx := t.Context()
	c, _, end := begin()
	p := manual("pm_card_visa", 5000)
	p.SetIdempotencyKey("first")
	authorized, err := c.V1PaymentIntents.Create(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	challenged, err := c.V1PaymentIntents.Create(ctx, manual("pm_card_authenticationRequired", 700))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.V1PaymentIntents.Capture(ctx, authorized.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(2000), FinalCapture: stripe.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	refunded := &stripe.RefundCreateParams{PaymentIntent: &authorized.ID, Amount: stripe.Int64(300)}
	if _, err := c.V1Refunds.Create(ctx, refunded); err != nil {
		t.Fatal(err)
	}
	end()

	c, server, end := begin()
	defer end()
	again, err := c.V1PaymentIntents.Create(ctx, p)
	if err != nil || again.ID != authorized.ID || again.AmountReceived != 0 {
		t.Errorf("the repeated request gives %+v, %v; want the first answer", again, err)
	}
	if status, _, body := send(t, "POST", strings.Replace(challenged.NextAction.RedirectToURL.URL, "http://stripe.test", server.URL, 1), "", "answer=complete", nil); status >= 400 {
		t.Errorf("the holder authenticates: %d %s", status, body)
	}
	if i := intent(ctx, t, c, challenged.ID); i.Status != "requires_capture" {
		t.Errorf("behind the challenge the payment is %s", i.Status)
	}
	if _, err := c.V1PaymentIntents.Capture(ctx, authorized.ID, &stripe.PaymentIntentCaptureParams{}); err != nil {
		t.Error(err)
	}
	i := intent(ctx, t, c, authorized.ID)
	if i.Status != "succeeded" || i.AmountReceived != 5000 || i.LatestCharge.AmountRefunded != 300 {
		t.Errorf("the payment is %s, %d were received and %d given back", i.Status, i.AmountReceived, i.LatestCharge.AmountRefunded)
	}
	if content, err := os.ReadFile(file); err != nil || strings.Contains(string(content), "4242424242424242") {
		t.Errorf("the file holds a card's number (%v)", err)
	}
}

func intent(ctx context.Context, t *testing.T, c *stripe.Client, id string) *stripe.PaymentIntent {
	t.Helper()
	p := &stripe.PaymentIntentRetrieveParams{}
	p.AddExpand("latest_charge")
	i, err := c.V1PaymentIntents.Retrieve(ctx, id, p)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
