package payment

import (
	"net/url"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/resource"
)

// CheckAddresses says what is wrong with where a gateway's page sends the buyer: each address that is given must be whole
// (RFC 3986 with scheme http or https and a host), and without a token of a card there must be one to come back to. Fields are
// returnUrl, cancelUrl.
func CheckAddresses(token, returnURL, cancelURL string) (wrong []resource.Violation) {
	for _, a := range [][2]string{{"returnUrl", returnURL}, {"cancelUrl", cancelURL}} {
		if u, err := url.Parse(a[1]); a[1] != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			wrong = append(wrong, resource.Violation{Field: a[0], Code: command.CodeInvalidValue,
				Detail: a[0] + " must be a whole address that begins with https:// or http://."})
		}
	}
	if token == "" && returnURL == "" {
		wrong = append(wrong, resource.Violation{Field: "returnUrl", Code: command.CodeRequired,
			Detail: "Say where the gateway's page sends the buyer back to, or give the token of his card."})
	}
	return wrong
}

// addressed refuses a command whose addresses are wrong, all at once.
func addressed(call *command.Call) error {
	if wrong := CheckAddresses(call.Value("token"), call.Value("returnUrl"), call.Value("cancelUrl")); len(wrong) > 0 {
		return command.RefuseAll(wrong)
	}
	return nil
}
