package shipping

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/commerce/tax"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Consignment is what is to be shipped, and what else offers depend on.
type Consignment struct {
	Organization, Website string       // UUIDs
	Currency              string       // ISO 4217, in which offers are made
	Language              string       // ISO 639-1, of the names of offers
	From                  module.Place // zero: the first warehouse that has an address, else what a carrier's settings say
	To                    module.Place // without a country only what needs no address is offered
	Items                 []Item
	Subtotal              money.Amount // of the goods
	Included              *tax.Rate    // tax of shipping that offers have in them, as the shop's prices have theirs; nil: neither has
}

// Item is so much of one product.
type Item struct {
	Product  string          // UUID
	Quantity decimal.Decimal // of the unit that is bought
	Factor   decimal.Decimal // base units in that unit; zero is one
	Weight   decimal.Decimal // kg of one base unit; zero is not known, or nothing to carry
}

// Fingerprint is equal for consignments that get equal offers, and otherwise differs.
func (s Consignment) Fingerprint() string {
	parts := []string{s.Organization, s.Website, s.Currency, s.Language, s.Subtotal.Currency, s.Subtotal.Number.String()}
	parts = append(parts, place(s.From)...)
	parts = append(parts, place(s.To)...)
	for _, it := range s.Items {
		parts = append(parts, it.Product, it.Quantity.String(), it.piece().String())
	}
	if s.Included != nil {
		parts = append(parts, s.Included.Percent.String())
	}
	return hex.EncodeToString(digest(parts...))
}

func place(p module.Place) []string {
	return []string{p.Company, p.Street, p.Street2, p.PostalCode, p.City, p.Region, p.Country}
}

// digest tells lists of texts apart.
func digest(parts ...string) []byte {
	text, _ := json.Marshal(parts) // texts can always be written
	sum := sha256.Sum256(text)
	return sum[:]
}
