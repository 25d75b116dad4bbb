package sapsim

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// conditionKey says for whom a price holds: a customer (KUNNR), a group (KDGRP), or everybody if both are empty.
type conditionKey struct{ customer, group, material string }

// condition is a condition record of one price for a time.
type condition struct {
	from, until    string // yyyymmdd, both included
	currency, unit string
	per            decimal.Decimal // KPEIN
	scales         []scale
}

// scale is the amount from a quantity on; the price without a scale begins at 0.
type scale struct{ from, amount decimal.Decimal }

// condA takes over condition records, E1KOMG.
func (k *knowledge) condA(s *segment) error {
	key := conditionKey{s.value("KUNNR"), s.value("KDGRP"), s.value("MATNR")}
	for _, validity := range s.all("E1KONH") {
		for _, price := range validity.all("E1KONP") {
			c, err := readCondition(validity, price)
			if err != nil {
				return fmt.Errorf("E1KONP of material %s: %w", key.material, err)
			}
			k.replace(key, c)
		}
	}
	return nil
}

func readCondition(validity, price *segment) (*condition, error) {
	c := &condition{from: validity.value("DATAB"), until: validity.value("DATBI"), currency: price.value("KONWA"),
		unit: price.value("KMEIN")}
	var err error
	if c.per, err = decimal.NewFromString(price.value("KPEIN")); err != nil || !c.per.IsPositive() {
		return nil, fmt.Errorf("KPEIN %q is not above zero", price.value("KPEIN"))
	}
	for _, s := range append([]*segment{price}, price.all("E1KONM")...) {
		from := decimal.Zero
		if s != price {
			if from, err = decimal.NewFromString(s.value("KSTBM")); err != nil {
				return nil, fmt.Errorf("KSTBM %q: %w", s.value("KSTBM"), err)
			}
		}
		amount, err := decimal.NewFromString(s.value("KBETR"))
		if err != nil {
			return nil, fmt.Errorf("KBETR %q: %w", s.value("KBETR"), err)
		}
		c.scales = append(c.scales, scale{from, amount})
	}
	return c, nil
}

// replace puts a record in the place of the one with the same first day, unit and currency.
func (k *knowledge) replace(key conditionKey, c *condition) {
	for i, old := range k.conditions[key] {
		if old.from == c.from && old.unit == c.unit && old.currency == c.currency {
			k.conditions[key][i] = c
			return
		}
	}
	k.conditions[key] = append(k.conditions[key], c)
}

// priceRow takes over a row of a prices file as a price for everybody: one scale of a record.
func (k *knowledge) priceRow(row map[string]string) error {
	number := func(column, otherwise string) (decimal.Decimal, error) {
		text := row[column]
		if text == "" {
			text = otherwise
		}
		d, err := decimal.NewFromString(text)
		if err != nil {
			return d, fmt.Errorf("price of %s, column %s: %w", row["sku"], column, err)
		}
		return d, nil
	}
	amount, err := number("amount", "")
	if err != nil {
		return err
	}
	per, err := number("per", "1")
	if err != nil {
		return err
	}
	least, err := number("min_quantity", "0")
	if err != nil {
		return err
	}
	c := &condition{from: strings.ReplaceAll(row["valid_from"], "-", ""), until: strings.ReplaceAll(row["valid_until"], "-", ""),
		currency: row["currency"], unit: row["unit"], per: per}
	key := conditionKey{material: row["sku"]}
	for _, old := range k.conditions[key] {
		if old.from == c.from && old.unit == c.unit && old.currency == c.currency {
			c.scales = old.scales
		}
	}
	c.set(scale{least, amount})
	k.replace(key, c)
	return nil
}

func (c *condition) set(s scale) {
	for i := range c.scales {
		if c.scales[i].from.Equal(s.from) {
			c.scales[i] = s
			return
		}
	}
	c.scales = append(c.scales, s)
}
