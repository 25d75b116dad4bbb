package fedex

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// firstWrong runs the checks as Hanse does.
func firstWrong(t *testing.T, m *Module, c *module.Channel) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, check := range m.Checks() {
		if err := check.Run(ctx, c); err != nil {
			return check.Name, err
		}
	}
	return "", nil
}

// TestChecksNameTheSetting: each wrong setting is found by the check that is about it, and named.
func TestChecksNameTheSetting(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	const base, login, account3 = "The API answers", "Client id and secret are accepted", "The account number gets rates"
	for name, c := range map[string]struct{ setting, value, check, says string }{
		"all is well":          {"services", "NO_SUCH_SERVICE", "", ""},
		"nobody there":         {"apiBase", closed.URL, base, "apiBase"},
		"no address":           {"apiBase", "apis.fedex.com", base, "apiBase"},
		"wrong id":             {"clientId", "other", login, "clientId"},
		"wrong secret":         {"clientSecret", "other", login, "clientSecret"},
		"wrong account":        {"accountNumber", "123456789", account3, "accountNumber"},
		"wrong postal code":    {"originPostalCode", "ABC", account3, "originPostalCode"},
		"no postal code":       {"originPostalCode", "", account3, "originPostalCode"},
		"no country":           {"originCountry", "", account3, "originCountry"},
		"no such country":      {"originCountry", "XX", account3, "originCountry"},
		"a country unserved":   {"originCountry", "CU", "", ""},
		"a tariff that is not": {"rateType", "RETAIL", account3, "RATEREQUESTTYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, m, channel := account(t)
			channel.Settings[c.setting] = c.value
			check, err := firstWrong(t, m, channel)
			if check != c.check {
				t.Errorf("%q failed with %v, not %q", check, err, c.check)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %s", err, c.says)
			}
		})
	}
}

func TestSomethingElseAnswers(t *testing.T) {
	for name, c := range map[string]*module.Channel{
		"a page":       answering(t, 200, "<html>Welcome</html>"),
		"another API":  answering(t, 401, `{"error":"unauthorized"}`),
		"a redirect":   answering(t, 301, "", "Location", "https://example.com/"),
		"a down proxy": answering(t, 502, "Bad Gateway"),
		"no such path": answering(t, 404, "404"),
	} {
		check, err := firstWrong(t, New(), c)
		if check != "The API answers" || !strings.Contains(err.Error(), "apiBase") {
			t.Errorf("%s: %q failed with %v", name, check, err)
		}
	}
}

// TestCheckAsksAnew: a token that is held proves nothing about a secret that was changed at FedEx.
func TestCheckAsksAnew(t *testing.T) {
	sim, m, c := account(t)
	for range 2 {
		if name, err := firstWrong(t, m, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := sim.State().Tokens; n != 2 {
		t.Errorf("two runs of the checks asked for %d tokens", n)
	}
}
