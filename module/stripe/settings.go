package stripe

import (
	"net/url"
	"strings"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// The names of settings that errors and checks speak of.
const (
	apiBase        = "apiBase"
	scriptURL      = "scriptURL"
	publishableKey = "publishableKey"
	secretKey      = "secretKey"
	webhookSecret  = "webhookSecret"
)

// Settings are what a channel of this module can be told.
func Settings() resource.Fields {
	return resource.Fields{
		resource.Text(publishableKey).Max(255).Required().Eg("pk_test_…").Doc("Publishable key, for the buyer's browser: pk_test_… or pk_live_…."),
		resource.Text(secretKey).Max(255).Required().WriteOnly().Eg("sk_test_…").Doc("Secret or restricted key of the same account and mode: sk_… or rk_…."),
		resource.Text(webhookSecret).Max(1000).WriteOnly().Eg("whsec_…").
			Doc("Signing secret of the webhook endpoint; while it is exchanged, the old and the new one separated by a blank."),
		resource.Enum("capture", string(module.AtOrder), string(module.AtShipment), string(module.ByHand)).Default(string(module.AtShipment)).Required().
			Doc("When money is taken: with the order, as parts are shipped, or by hand."),
		resource.Text(apiBase).Max(500).Default("https://api.stripe.com").Required().Doc("Where Stripe's API answers, without a path."),
		resource.Text(scriptURL).Max(500).Default("https://js.stripe.com/dahlia/stripe.js").Required().
			Doc("Stripe's own script for the payment step, in the version that belongs to the API's."),
	}
}

// origin is the part of an address that a content security policy names, "" if there is none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// webhookSecrets are the signing secrets that are good at the moment.
func webhookSecrets(s module.Settings) []string { return strings.Fields(s[webhookSecret]) }
