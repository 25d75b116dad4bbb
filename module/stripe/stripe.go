// Package stripe takes card payments through Stripe: authorization, capture in parts, cancellation, refunds, checks of cards and
// signed webhooks.
package stripe

import (
	"github.com/hanse-commerce/hanse/module"
)

// Module is the integration module "stripe". It keeps nothing between calls and is safe for use from several goroutines.
type Module struct{}

// New makes the module.
func New() Module { return Module{} }

func init() { module.Register(New()) }

// Info implements module.Module.
func (Module) Info() module.Info {
	return module.Info{Name: "stripe", Title: "Stripe",
		Doc:      "Takes card payments through Stripe, on the shop's own page or on Stripe's; card data never reaches Hanse.",
		Settings: Settings()}
}
