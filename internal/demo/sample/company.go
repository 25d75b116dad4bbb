// Package sample is Acme, the company that the demo shows: Microsoft's Northwind as SAP would send it.
package sample

import (
	"embed"
	"fmt"
)

// The README of this package says which facts are Northwind's and which are invented.
//
//go:embed northwind/*.csv acme/*.csv
var tables embed.FS

// Currency of all prices and credit limits. Northwind names none.
const Currency = "EUR"

// TaxPercent is the tax on what is sent to TaxCountry; what goes elsewhere is free of it.
const (
	TaxPercent = "19"
	TaxCountry = "DE"
)

// PriceList is the code of the list to which the price file in CSV belongs: what everybody pays who has no better price.
const PriceList = "ACME-LIST"

// Company is everything that SAP knows of Acme. It is the same each time and may be read by many at once.
type Company struct {
	Groups       []Group
	PaymentTerms []PaymentTerm
	Warehouses   []Warehouse
	Categories   []Category // parents before their children
	Products     []Product  // by Northwind's product number
	Customers    []Customer // by Northwind's customer code
	Contracts    []Contract // by customer, then by product
	GroupPrices  []GroupPrice

	product  map[string]int // Northwind's number or SKU -> index of Products
	customer map[string]int // Northwind's code or customer number -> index of Customers
}

// Load reads the company from the tables that are built in. It fails only if those are broken.
func Load() (*Company, error) {
	c := &Company{product: map[string]int{}, customer: map[string]int{}}
	steps := []struct {
		what string
		load func() error
	}{
		{"groups", c.loadGroups}, {"payment terms", c.loadPaymentTerms}, {"warehouses", c.loadWarehouses},
		{"categories", c.loadCategories}, {"products", c.loadProducts}, {"customers", c.loadCustomers},
		{"prices", c.loadPrices},
	}
	for _, s := range steps {
		if err := s.load(); err != nil {
			return nil, fmt.Errorf("load the sample company's %s: %w", s.what, err)
		}
	}
	return c, nil
}

// Product finds a product by its SKU, or nil.
func (c *Company) Product(sku string) *Product {
	if i, ok := c.product[sku]; ok {
		return &c.Products[i]
	}
	return nil
}

// Customer finds a customer by its number (KUNNR, ten digits) or by Northwind's code such as ALFKI, or nil.
func (c *Company) Customer(number string) *Customer {
	if i, ok := c.customer[number]; ok {
		return &c.Customers[i]
	}
	return nil
}
