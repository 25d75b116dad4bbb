package sample

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// ValidFrom is the first day of all prices, as SAP writes it (DATAB); they have no last day.
const ValidFrom = "20240101"

// Contract is the price that a customer has agreed for a product, at any quantity.
type Contract struct {
	Customer string          // KUNNR
	SKU      string          // MATNR
	Amount   decimal.Decimal // of as many base units as the product's Per says
}

// GroupPrice is the price of a product for a customer group (KDGRP), at any quantity.
type GroupPrice struct {
	Group, SKU string
	Amount     decimal.Decimal
}

// tiers are invented: 5 % less from 10 on, 10 % less from 100 on.
func tiers(list decimal.Decimal) []Tier {
	return []Tier{
		{decimal.NewFromInt(10), less(list, decimal.NewFromFloat(0.05))},
		{decimal.NewFromInt(100), less(list, decimal.NewFromFloat(0.10))},
	}
}

// less takes a discount off a price and rounds half up to two decimals, as the currency has.
func less(price, discount decimal.Decimal) decimal.Decimal {
	return price.Mul(decimal.NewFromInt(1).Sub(discount)).Round(2)
}

// loadPrices makes a contract of every discount that a customer ever got on a product: the best one he got.
func (c *Company) loadPrices() error {
	type pair struct{ customer, product int }
	best := map[pair]decimal.Decimal{}
	err := c.eachOrderLine(func(customer int, line row) {
		at, ok := c.product[line.text("product_id")]
		if !ok {
			line.fail("product_id", "no such product")
			return
		}
		if d := line.decimal("discount"); d.GreaterThan(best[pair{customer, at}]) {
			best[pair{customer, at}] = d
		}
	})
	if err != nil {
		return err
	}
	for at, discount := range best {
		p := &c.Products[at.product]
		c.Contracts = append(c.Contracts, Contract{c.Customers[at.customer].Number, p.SKU, less(p.ListPrice, discount)})
	}
	slices.SortFunc(c.Contracts, func(a, b Contract) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.SKU, b.SKU))
	})
	beer := &c.Products[c.product[groupPriceProduct]]
	c.GroupPrices = []GroupPrice{{groupPriceGroup, beer.SKU, less(beer.ListPrice, decimal.NewFromFloat(0.07))}}
	return nil
}

// Central Europe pays 7 % less for its own beer: Rhönbräu Klosterbier.
const groupPriceGroup, groupPriceProduct = "01", "75"

// eachOrderLine calls use for every line of Northwind's orders with the index of the customer.
func (c *Company) eachOrderLine(use func(customer int, line row)) error {
	buyer := map[string]int{}
	err := each("northwind/orders.csv", func(r row) {
		at, ok := c.customer[r.text("customer_id")]
		if !ok {
			r.fail("customer_id", "no such customer")
		}
		buyer[r.text("order_id")] = at
	})
	if err != nil {
		return err
	}
	return each("northwind/order_details.csv", func(r row) { use(buyer[r.text("order_id")], r) })
}
