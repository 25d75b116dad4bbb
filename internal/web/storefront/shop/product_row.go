package shop

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
)

// productRow is a product's attributes; those that were not asked for are empty.
type productRow struct {
	SKU, Name, Description, Kind    string
	GTIN, Brand, ManufacturerNumber string
	Weight                          *decimal.Decimal
	Attributes                      json.RawMessage
	Prices                          []priceRow
	Price                           *priceRow
	Available                       *decimal.Decimal
	Stock                           []stockRow
	ID                              string    `json:"-"`
	packings                        []packing // the base unit first, then by size
}

type priceRow struct {
	Amount, Per, MinQuantity decimal.Decimal
	Currency, Unit           string
}

type stockRow struct {
	Warehouse, Unit string
	Available       decimal.Decimal
}

// packing is a unit in which a product is sold.
type packing struct {
	code, name string
	precision  int
	factor     decimal.Decimal // base units in one of it
}

type unitRow struct {
	Code, Name string
	Precision  int
}

type productUnitRow struct {
	Factor    decimal.Decimal
	Precision *int
}

// offerFields are what a list shows of a product; a stranger sees no prices.
func offerFields(signedIn bool) []string {
	fields := []string{"sku", "name", "kind", "available", "stock", "unit", "units"}
	if signedIn {
		fields = append(fields, "price", "prices")
	}
	return fields
}

// offer makes a query show products, which stand at the path, as lists need them.
func offer(q *record.Query, prefix string, fields []string) {
	for _, path := range []string{"unit", "units", "units.unit"} {
		q.Include = append(q.Include, prefix+path)
	}
	if q.Fields == nil {
		q.Fields = map[string][]string{}
	}
	q.Fields["products"] = fields
	q.Fields["productUnits"] = []string{"factor", "precision", "unit"}
	q.Fields["units"] = []string{"code", "name", "precision"}
}

// product reads a product that stands at the path before prefix, with its units.
func (f *found) product(prefix, id string, attributes []byte) (productRow, error) {
	p, err := decode[productRow](attributes)
	if err != nil {
		return p, err
	}
	p.ID = id
	base, err := decodeRelated[unitRow](f.one(prefix+"unit", id))
	if err != nil {
		return p, err
	}
	if base.Code != "" {
		p.packings = []packing{{base.Code, base.Name, base.Precision, decimal.NewFromInt(1)}}
	}
	for _, r := range f.below(prefix+"units", id) {
		pu, err := decode[productUnitRow]([]byte(r.attributes))
		if err != nil {
			return p, err
		}
		u, err := decodeRelated[unitRow](f.one(prefix+"units.unit", r.id))
		if err != nil {
			return p, err
		}
		if u.Code == "" || u.Code == base.Code {
			continue
		}
		if pu.Precision != nil {
			u.Precision = *pu.Precision
		}
		p.packings = append(p.packings, packing{u.Code, u.Name, u.Precision, pu.Factor})
	}
	return p, nil
}

// packing finds a unit of the product. One that only a price speaks of is known by its code alone.
func (p *productRow) packing(code string) packing {
	for _, k := range p.packings {
		if k.code == code {
			return k
		}
	}
	return packing{code: code, name: code}
}

// base is the unit that a product's stock and sizes are meant in.
func (p *productRow) base() packing {
	if len(p.packings) == 0 {
		return packing{factor: decimal.NewFromInt(1)}
	}
	return p.packings[0]
}

// item is the product in a list.
func (p *productRow) item(printer *page.Printer) storefront.Item {
	k := p.base()
	if p.Price != nil {
		k = p.packing(p.Price.Unit)
	}
	return storefront.Item{SKU: p.SKU, Name: p.Name, Unit: p.unit(printer, k), Stock: p.stock(k)}
}
