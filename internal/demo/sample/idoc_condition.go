package sample

import (
	"io"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// Condition tables: 304 and 305 are SAP's own for material and for customer with material; tables from 501 on are a
// company's own, here 901 for customer group with material.
const tableMaterial, tableCustomer, tableGroup = "304", "305", "901"

// writeListConditions writes list prices and group prices of the products that SAP sends itself, one COND_A04 each.
func (c *Company) writeListConditions(w io.Writer, d document) error {
	return writeIDocs(w, d, "COND_A04", "COND_A", func(write func(*idoc.Segment) error) error {
		for _, p := range c.byIDoc() {
			if err := write(condition(p, tableMaterial, "", "", p.ListPrice, p.Tiers)); err != nil {
				return err
			}
		}
		for _, g := range c.GroupPrices {
			if err := write(condition(c.Product(g.SKU), tableGroup, "", g.Group, g.Amount, nil)); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeContractConditions writes the contract prices of all customers, one COND_A04 each.
func (c *Company) writeContractConditions(w io.Writer, d document) error {
	return writeIDocs(w, d, "COND_A04", "COND_A", func(write func(*idoc.Segment) error) error {
		for _, k := range c.Contracts {
			if err := write(condition(c.Product(k.SKU), tableCustomer, k.Customer, "", k.Amount, nil)); err != nil {
				return err
			}
		}
		return nil
	})
}

func condition(p *Product, table, customer, group string, amount decimal.Decimal, tiers []Tier) *idoc.Segment {
	price := seg("E1KONP", "KSCHL", "PR00", "KBETR", amount.StringFixed(2), "KONWA", Currency, "KPEIN", p.Per.String(),
		"KMEIN", p.Unit)
	for _, t := range tiers {
		with(price, seg("E1KONM", "KSTBM", t.From.StringFixed(3), "KBETR", t.Amount.StringFixed(2)))
	}
	return with(seg("E1KOMG", "KVEWE", "A", "KOTABNR", table, "KAPPL", "V", "KSCHL", "PR00",
		"VAKEY", salesOrg+distribution+customer+group+p.SKU, "VKORG", salesOrg, "VTWEG", distribution, "KDGRP", group,
		"KUNNR", customer, "MATNR", p.SKU),
		with(seg("E1KONH", "DATAB", ValidFrom, "DATBI", "99991231"), price))
}
