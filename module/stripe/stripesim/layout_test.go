package stripesim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/web/page/pagetest"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

// TestPagesFitNarrowAndWideWindows shows the hosted pages, the bank's and the card fields.
func TestPagesFitNarrowAndWideWindows(t *testing.T) {
	c, server := open(t, stripesim.Config{})
	s := session(t, c)
	i, err := c.V1PaymentIntents.Create(t.Context(), manual("pm_card_threeDSecure2Required", 10000))
	if err != nil || i.NextAction == nil {
		t.Fatalf("%+v, %v", i, err)
	}
	over := session(t, c)
	if _, err := c.V1CheckoutSessions.Expire(t.Context(), over.ID, nil); err != nil {
		t.Fatal(err)
	}
	path := func(address string) string { return strings.TrimPrefix(address, server.URL) }
	card, err := url.ParseQuery(card("4000000000000002"))
	if err != nil {
		t.Fatal(err)
	}
	var stories []pagetest.Story
	for _, story := range []pagetest.Story{
		{Name: "page", Path: path(s.URL), Language: "de"},
		{Name: "declined", Path: path(s.URL), Language: "de", Form: card, Status: http.StatusPaymentRequired},
		{Name: "over", Path: path(over.URL), Language: "de", Status: http.StatusGone},
		{Name: "bank", Path: path(i.NextAction.RedirectToURL.URL), Language: "de"},
		{Name: "fields", Path: "/elements/payment?key=pk_test_simulator&locale=de", Language: "de"},
	} {
		story.Handler = server.Config.Handler
		stories = append(stories, story)
	}
	pagetest.Layout(t, stories)
}
