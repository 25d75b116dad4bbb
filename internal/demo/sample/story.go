package sample

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Story is what a day at Acme can count on: who buys what at which price. All values are what SAP's files say.
type Story struct {
	Buyer    Buyer // of a customer with contracts
	Stranger Buyer // of another customer, in another group, who has no contract for any of the offers
	Blocked  Buyer // of a customer whose orders SAP blocks

	ContractCSV  Offer // the buyer has a contract; product sent by CSV
	ContractIDoc Offer // the buyer has a contract; product sent as MATMAS05
	Group        Offer // the buyer's group has a price
	List         Offer // everybody pays the list price, with tiers; at least 100 are in stock
	Kilograms    Offer // everybody pays the list price, which is for several kilograms

	Discontinued string // SKU of a product that must not be sold
}

// Offer is a product as the story's buyer should see it, and what the stranger sees.
type Offer struct {
	Product
	Price     decimal.Decimal // the buyer's, of Per base units, for a quantity below all tiers
	HasTiers  bool            // whether the tiers of the list hold for the buyer too
	Available decimal.Decimal // in all warehouses together, before anybody ordered
}

// Story picks the day's people and products.
func (c *Company) Story() (Story, error) {
	s := Story{Buyer: c.Customer("ALFKI").buyer(), Stranger: c.Customer("LAZYK").buyer(),
		Blocked: c.Customer(blockedCustomer).buyer(), Discontinued: skuOf(24)}
	offers := map[*Offer]int{&s.ContractCSV: 46, &s.ContractIDoc: 39, &s.Group: 75, &s.List: 40, &s.Kilograms: 69}
	for offer, product := range offers {
		p := c.Product(skuOf(product))
		if p == nil {
			return Story{}, fmt.Errorf("pick the story's products: the sample company has no product %s", skuOf(product))
		}
		*offer = c.offer(p, s.Buyer)
	}
	return s, nil
}

func (c *Company) offer(p *Product, buyer Buyer) Offer {
	o := Offer{Product: *p, Price: p.ListPrice, HasTiers: true}
	for _, h := range p.OnHand {
		o.Available = o.Available.Add(h.Quantity)
	}
	for _, g := range c.GroupPrices {
		if g.SKU == p.SKU && g.Group == c.Customer(buyer.Customer).Group {
			o.Price, o.HasTiers = g.Amount, false
		}
	}
	for _, k := range c.Contracts {
		if k.SKU == p.SKU && k.Customer == buyer.Customer {
			o.Price, o.HasTiers = k.Amount, false
		}
	}
	return o
}
