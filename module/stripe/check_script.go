package stripe

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/module"
)

// scripted asks for the head of the script that the payment step loads, as a buyer's browser would get it.
func scripted(ctx context.Context, c *module.Channel) error {
	address := c.Settings[scriptURL]
	if origin(address) == "" {
		return wrong("The setting scriptURL, %s, is no address: https://js.stripe.com/dahlia/stripe.js was expected.", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return wrong("The setting scriptURL, %s, is no address.", address)
	}
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return &module.Error{Class: module.Connection, Code: "script_unreachable", Detail: "Nothing answers at the setting scriptURL, " + address +
			". Where buyers do not get it either, they pay on Stripe's own page", Err: err}
	}
	_ = answer.Body.Close()
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case answer.StatusCode == http.StatusMethodNotAllowed: // somebody is there, and gives scripts to who asks for them whole
		return nil
	case answer.StatusCode != http.StatusOK:
		return wrong("At the setting scriptURL, %s, there is no script: the answer is %s. Without it buyers pay on Stripe's own page.", address, answer.Status)
	case !strings.HasSuffix(kind, "/javascript") && !strings.HasSuffix(kind, "/x-javascript"):
		return wrong("What is at the setting scriptURL, %s, is no script but %q. Without one buyers pay on Stripe's own page.", address, kind)
	}
	return nil
}
