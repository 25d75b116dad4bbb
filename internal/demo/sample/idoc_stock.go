package sample

import "io"

// writeStockLevels writes the stock of the products that SAP sends itself, one LOISTD01 for each of them and each plant.
func (c *Company) writeStockLevels(w io.Writer, d document) error {
	x := newIDocWriter(w, d, "LOISTD01", "LOISTD")
	for i := range c.Products {
		if !c.Products[i].IDoc {
			continue
		}
		for _, h := range c.Products[i].OnHand {
			x.write(seg("E1MDSTL", "MATNR", c.Products[i].SKU, "WERKS", h.Warehouse, "LABST", h.Quantity.StringFixed(3),
				"INSME", "0.000", "SPEME", "0.000"))
		}
	}
	return x.close()
}
