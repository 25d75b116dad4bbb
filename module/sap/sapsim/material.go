package sapsim

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// material is a material master record.
type material struct {
	unit    string // MEINS, the base unit
	units   map[string]decimal.Decimal
	ean     string
	weight  decimal.Decimal // NTGEW of a base unit in kilograms, 0 if SAP has none
	deleted bool            // LVORM
}

var one = decimal.NewFromInt(1)

// matmas takes over a material, E1MARAM. MSGFN 004 leaves alone what is absent.
func (k *knowledge) matmas(s *segment) error {
	number, function := s.value("MATNR"), s.value("MSGFN")
	m := k.materials[number]
	if m == nil || function != "004" {
		m = &material{units: map[string]decimal.Decimal{}}
	}
	if unit := s.value("MEINS"); unit != "" {
		m.unit, m.units[unit] = unit, one
	}
	if ean := s.value("EAN11"); ean != "" {
		m.ean = ean
	}
	if weight, err := decimal.NewFromString(s.value("NTGEW")); err == nil && s.value("GEWEI") == "KGM" {
		m.weight = weight
	}
	for _, u := range s.all("E1MARMM") {
		up, err := decimal.NewFromString(u.value("UMREZ"))
		if err != nil {
			return fmt.Errorf("E1MARMM of material %s: UMREZ %q: %w", number, u.value("UMREZ"), err)
		}
		down, err := decimal.NewFromString(u.value("UMREN"))
		if err != nil || !down.IsPositive() {
			return fmt.Errorf("E1MARMM of material %s: UMREN %q is not above zero", number, u.value("UMREN"))
		}
		m.units[u.value("MEINH")] = up.Div(down)
	}
	m.deleted = m.deleted || s.value("LVORM") != "" || function == "003"
	k.materials[number] = m
	return nil
}

// productRow takes over a row of a products file; it may carry a price too.
func (k *knowledge) productRow(row map[string]string) error {
	unit := row["unit"]
	k.materials[row["sku"]] = &material{unit: unit, units: map[string]decimal.Decimal{unit: one}, ean: row["gtin"],
		deleted: row["status"] == "disabled"}
	if row["price"] == "" {
		return nil
	}
	return k.priceRow(map[string]string{"sku": row["sku"], "unit": unit, "currency": row["currency"], "amount": row["price"]})
}
