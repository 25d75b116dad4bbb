package sample

import (
	"io"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// writeMaterials writes the products that SAP sends itself, one MATMAS05 each.
func (c *Company) writeMaterials(w io.Writer, d document) error {
	return writeIDocs(w, d, "MATMAS05", "MATMAS", func(write func(*idoc.Segment) error) error {
		for _, p := range c.byIDoc() {
			if err := write(c.material(p)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Company) material(p *Product) *idoc.Segment {
	deletion := ""
	if p.Discontinued {
		deletion = "X"
	}
	m := seg("E1MARAM", "MSGFN", "005", "MATNR", p.SKU, "LVORM", deletion, "MTART", "HAWA", "MATKL", p.Category,
		"MEINS", p.Unit, "BRGEW", p.Weight.StringFixed(3), "NTGEW", p.Weight.StringFixed(3), "GEWEI", "KGM",
		"EAN11", p.GTIN, "NUMTP", "HE")
	with(m,
		seg("E1MAKTM", "MSGFN", "005", "SPRAS", "E", "MAKTX", p.Name, "SPRAS_ISO", "EN"),
		seg("E1MAKTM", "MSGFN", "005", "SPRAS", "D", "MAKTX", p.NameDE, "SPRAS_ISO", "DE"))
	for _, h := range c.Warehouses {
		with(m, seg("E1MARCM", "MSGFN", "005", "WERKS", h.Code))
	}
	return with(m,
		with(seg("E1MARMM", "MSGFN", "005", "MEINH", p.Unit, "UMREZ", "1", "UMREN", "1"),
			seg("E1MEANM", "MSGFN", "005", "LFNUM", "00001", "EAN11", p.GTIN, "EANTP", "HE", "HPEAN", "X")),
		seg("E1MARMM", "MSGFN", "005", "MEINH", "CT", "UMREZ", p.Carton.String(), "UMREN", "1"),
		seg("E1MVKEM", "MSGFN", "005", "VKORG", salesOrg, "VTWEG", distribution),
		basicText(p.SKU, "E", "EN", p.Description), basicText(p.SKU, "D", "DE", p.DescriptionDE))
}

// basicText is a material's basic data text (text id GRUN), cut into SAP's lines of 132 characters.
func basicText(sku, language, iso, text string) *idoc.Segment {
	t := seg("E1MTXHM", "MSGFN", "005", "TDOBJECT", "MATERIAL", "TDNAME", sku, "TDID", "GRUN", "TDSPRAS", language,
		"TDTEXTTYPE", "ASCII", "SPRAS_ISO", iso)
	format := "*" // begins a paragraph; = goes on with the line before
	for rest := []rune(text); len(rest) > 0; format = "=" {
		n := min(len(rest), 132)
		with(t, seg("E1MTXLM", "MSGFN", "005", "TDFORMAT", format, "TDLINE", string(rest[:n])))
		rest = rest[n:]
	}
	return t
}
