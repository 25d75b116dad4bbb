package stripe_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hanse-commerce/hanse/module/moduletest"
	"github.com/hanse-commerce/hanse/module/stripe"
	"github.com/hanse-commerce/hanse/module/stripe/stripesim"
)

func TestChecker(t *testing.T) {
	g := start(t, stripesim.Config{})
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }))
	defer page.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	moduletest.Checker(t, moduletest.CheckerCase{Module: stripe.New(), Channel: g.channel(t, nil), Secrets: []string{"secretKey", "webhookSecret"},
		Wrong: map[string][]string{
			"apiBase":        {gone.URL, other.URL, "api.stripe.com", ""},
			"secretKey":      {"sk_test_anotherAccountsKey", "pk_test_simulator", "", "secret", "rk_test_restrictedAndWrong"},
			"publishableKey": {"sk_test_simulator", "pk_live_simulator", "", "public", "pk_test_"},
			"webhookSecret":  {"", "sk_test_simulator", "whsec_good notOne"},
			"scriptURL":      {gone.URL + "/stripe.js", other.URL + "/stripe.js", page.URL, "js.stripe.com"},
		}})
}
