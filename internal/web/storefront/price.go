package storefront

import (
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/shopspring/decimal"
)

// Price is what one buyer pays for a product in one unit.
type Price struct {
	page.Money
	// Per is for how many units the amount is ("per 100"); 1 in most cases.
	Per decimal.Decimal
}

// PerMany tells whether the amount is for more than one unit.
func (p Price) PerMany() bool { return p.Per.GreaterThan(decimal.NewFromInt(1)) }

// Tier is the price from a quantity on.
type Tier struct {
	From  decimal.Decimal
	Price Price
	// Saving in percent against the first tier; 0 where there is none.
	Saving int
}

// Unit is a unit in which a product is sold.
type Unit struct {
	Code string // UN/ECE
	Name string // in the visitor's language
	// Content says how many of the primary unit it holds ("12 pieces"); empty for the primary one.
	Content string
	// Step is the smallest difference of two quantities: 1, or 0.001 for a unit with 3 decimals.
	Step decimal.Decimal
	// Least is the smallest quantity that can be ordered.
	Least decimal.Decimal
	// Price of the first tier; nil where the buyer has none and must ask.
	Price *Price
	Tiers []Tier // empty where quantity does not change the price
}

// Start is the quantity that a form begins with.
func (u Unit) Start() decimal.Decimal { return decimal.Max(u.Least, decimal.NewFromInt(1)) }

// Stock is what can be delivered of a product.
type Stock struct {
	State     string // "in", "low", "out" or "unknown"
	Available decimal.Decimal
	Unit      string // name
}

// Tone is the colour in which a badge shows the stock.
func (s Stock) Tone() string {
	switch s.State {
	case "in":
		return "good"
	case "low":
		return "warn"
	case "out":
		return "bad"
	}
	return "plain"
}
