package stripe

import (
	"context"
	"errors"
	"strings"

	"github.com/stripe/stripe-go/v85"

	"github.com/hanse-commerce/hanse/module"
)

// Checks implements module.Checker.
func (Module) Checks() []module.Check {
	return []module.Check{
		{Name: "Stripe's API answers", Run: answers},
		{Name: "The keys belong together: both test or both live", Run: together},
		{Name: "The secret key is accepted", Run: accepted},
		{Name: "A webhook secret is set", Run: listens},
		{Name: "The script for the payment step is there", Run: scripted},
	}
}

// answers asks for anything: a refusal is an answer, too.
func answers(ctx context.Context, c *module.Channel) error {
	if origin(c.Settings[apiBase]) == "" {
		return wrong("The setting apiBase, %s, is no address: https://api.stripe.com was expected.", c.Settings[apiBase])
	}
	k := connect(c)
	err := k.ask(ctx)
	var said *stripe.Error
	switch {
	case err == nil, errors.As(err, &said) && k.last.status < 500:
		return nil
	case k.last.status >= 500:
		return k.fault("ask "+c.Settings[apiBase]+" (setting apiBase)", err)
	case k.last.status != 0:
		return wrong("What answers at the setting apiBase, %s, is not Stripe's API.", c.Settings[apiBase])
	}
	return &module.Error{Class: module.Connection, Code: "stripe_unreachable",
		Detail: "Nothing answers at the setting apiBase, " + c.Settings[apiBase] + ". See whether it is right and the network lets it through", Err: err}
}

// ask reads one payment, which any key that can pay may.
func (k *connection) ask(ctx context.Context) error {
	p := &stripe.PaymentIntentListParams{}
	p.Limit, p.Single = stripe.Int64(1), true
	for _, err := range k.V1PaymentIntents.List(ctx, p).All(ctx) {
		return err
	}
	return nil
}

func accepted(ctx context.Context, c *module.Channel) error {
	k := connect(c)
	if err := k.ask(ctx); err != nil {
		return k.fault("try the setting secretKey", err)
	}
	return nil
}

// together compares what the keys say of themselves (docs.stripe.com/keys).
func together(_ context.Context, c *module.Channel) error {
	public, publicMode := keyOf(c.Settings[publishableKey])
	secret, secretMode := keyOf(c.Settings[secretKey])
	switch {
	case public == "sk" || public == "rk":
		return wrong("The setting publishableKey holds a secret key. Put the key that begins with pk_ there, and roll the secret one at Stripe: browsers may have seen it.")
	case public != "pk" || publicMode == "":
		return wrong("The setting publishableKey is no publishable key: it begins with pk_test_ or pk_live_.")
	case secret != "sk" && secret != "rk" || secretMode == "":
		return wrong("The setting secretKey is no secret key: it begins with sk_test_ or sk_live_, a restricted one with rk_.")
	case publicMode != secretMode:
		return wrong("The setting publishableKey is of %s mode, secretKey of %s mode. Copy both from the same page of Stripe's dashboard.", publicMode, secretMode)
	}
	return nil
}

// keyOf takes a key apart: kind and mode.
func keyOf(key string) (kind, mode string) {
	parts := strings.SplitN(key, "_", 3)
	if len(parts) != 3 || parts[2] == "" || parts[1] != "test" && parts[1] != "live" {
		return parts[0], ""
	}
	return parts[0], parts[1]
}

func listens(_ context.Context, c *module.Channel) error {
	secrets := webhookSecrets(c.Settings)
	if len(secrets) == 0 {
		return wrong("The setting webhookSecret is empty, so what Stripe tells later is not heard. Add the endpoint %s at Stripe and copy its signing secret.", c.WebhookURL())
	}
	for _, s := range secrets {
		if !strings.HasPrefix(s, "whsec_") {
			return wrong("The setting webhookSecret holds something else than signing secrets: each begins with whsec_.")
		}
	}
	return nil
}
