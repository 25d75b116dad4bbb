package sample

import (
	"io"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// writeStockLevels writes the stock of the products that SAP sends itself, one LOISTD01 for each of them and each plant.
func (c *Company) writeStockLevels(w io.Writer, d document) error {
	return writeIDocs(w, d, "LOISTD01", "LOISTD", func(write func(*idoc.Segment) error) error {
		for _, p := range c.byIDoc() {
			for _, h := range p.OnHand {
				stock := seg("E1MDSTL", "MATNR", p.SKU, "WERKS", h.Warehouse, "LABST", h.Quantity.StringFixed(3),
					"INSME", "0.000", "SPEME", "0.000")
				if err := write(stock); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
