package moduletest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// Trouble is how a simulator is asked to misbehave.
type Trouble string

// The troubles. Each is asked for only where its carrier is asked over the network.
const (
	TooMany     Trouble = "429"       // every call is answered with 429 and Retry-After
	Unavailable Trouble = "503"       // every call is answered with 503
	Hanging     Trouble = "hang"      // no call is answered
	Garbled     Trouble = "malformed" // every call is answered with something that cannot be read
	None        Trouble = ""          // all is well again
)

// ShippingCase is a module with what its suite needs.
type ShippingCase struct {
	Module   module.Module  // that is a module.Shipping
	Settings map[string]any // with which Request gets rates
	Request  module.RateRequest
	// Refused are settings that differ from Settings in credentials that the carrier does not accept; nil if it wants none.
	Refused map[string]any
	// Misbehave makes the carrier's simulator get into a trouble until the next call of it; nil for a module that asks nobody.
	Misbehave func(t *testing.T, trouble Trouble)
}

// shippingSuite is one run of the suite.
type shippingSuite struct {
	ShippingCase
	shipping module.Shipping
	settings module.Settings
	log      bytes.Buffer
}

// Shipping tests what Hanse relies on in every module of shipping.
func Shipping(t *testing.T, c ShippingCase) {
	shipping, ok := c.Module.(module.Shipping)
	if !ok {
		t.Fatalf("the module %q is no module.Shipping", c.Module.Info().Name)
	}
	s := &shippingSuite{ShippingCase: c, shipping: shipping, settings: Channel(t, c.Module, c.Settings).Settings}
	t.Run("traits and links ask nobody", s.traits)
	t.Run("rates are whole", s.whole)
	t.Run("the same question has the same answer", s.stable)
	t.Run("heavier is never cheaper", s.heavier)
	t.Run("many callers at once", s.manyCallers)
	t.Run("odd questions", s.odd)
	t.Run("a caller who gave up", s.gaveUp)
	if c.Misbehave != nil {
		t.Run("the carrier is in trouble", s.trouble)
		t.Run("a carrier that does not answer", s.hanging)
	}
	if c.Refused != nil {
		t.Run("wrong credentials", s.refused)
	}
	if _, ok := c.Module.(module.Checker); ok {
		t.Run("checks", s.checks)
	}
	s.keepsSecrets(t, "the log", s.log.String())
}

// channel is a channel with settings; what the module logs is kept to be searched for secrets.
func (s *shippingSuite) channel(t *testing.T, settings module.Settings) *module.Channel {
	t.Helper()
	c := Channel(t, s.Module, s.Settings)
	c.Settings, c.Log = settings, slog.New(slog.NewTextHandler(&s.log, nil))
	return c
}

// keepsSecrets searches a text for the values of secret settings.
func (s *shippingSuite) keepsSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, f := range s.Module.Info().Settings {
		if secret := s.settings[f.Name]; f.Secret && secret != "" && strings.Contains(text, secret) {
			t.Errorf("%s has the secret setting %s in it: %s", where, f.Name, text)
		}
	}
}

// shortly is a time that every call that is not held up ends in.
const shortly = 5 * time.Second
