package sample

import "io"

// writeMaterials writes the products that SAP sends itself, one MATMAS05 each.
func (c *Company) writeMaterials(w io.Writer, d document) error {
	x := newIDocWriter(w, d, "MATMAS05", "MATMAS")
	for i := range c.Products {
		if c.Products[i].IDoc {
			x.write(c.material(&c.Products[i]))
		}
	}
	return x.close()
}

func (c *Company) material(p *Product) segment {
	deletion := ""
	if p.Discontinued {
		deletion = "X"
	}
	m := seg("E1MARAM", "MSGFN", "005", "MATNR", p.SKU, "LVORM", deletion, "MTART", "HAWA", "MATKL", p.Category,
		"MEINS", p.Unit, "BRGEW", p.Weight.StringFixed(3), "NTGEW", p.Weight.StringFixed(3), "GEWEI", "KGM",
		"EAN11", p.GTIN, "NUMTP", "HE")
	m = m.with(
		seg("E1MAKTM", "MSGFN", "005", "SPRAS", "E", "MAKTX", p.Name, "SPRAS_ISO", "EN"),
		seg("E1MAKTM", "MSGFN", "005", "SPRAS", "D", "MAKTX", p.NameDE, "SPRAS_ISO", "DE"))
	for _, h := range c.Warehouses {
		m = m.with(seg("E1MARCM", "MSGFN", "005", "WERKS", h.Code))
	}
	return m.with(
		seg("E1MARMM", "MSGFN", "005", "MEINH", p.Unit, "UMREZ", "1", "UMREN", "1").with(
			seg("E1MEANM", "MSGFN", "005", "LFNUM", "00001", "EAN11", p.GTIN, "EANTP", "HE", "HPEAN", "X")),
		seg("E1MARMM", "MSGFN", "005", "MEINH", "CT", "UMREZ", p.Carton.String(), "UMREN", "1"),
		seg("E1MVKEM", "MSGFN", "005", "VKORG", salesOrg, "VTWEG", distribution),
		basicText(p.SKU, "E", "EN", p.Description), basicText(p.SKU, "D", "DE", p.DescriptionDE))
}

// basicText is a material's basic data text (text id GRUN), cut into SAP's lines of 132 characters.
func basicText(sku, language, iso, text string) segment {
	t := seg("E1MTXHM", "MSGFN", "005", "TDOBJECT", "MATERIAL", "TDNAME", sku, "TDID", "GRUN", "TDSPRAS", language,
		"TDTEXTTYPE", "ASCII", "SPRAS_ISO", iso)
	format := "*" // begins a paragraph; = goes on with the line before
	for rest := []rune(text); len(rest) > 0; format = "=" {
		n := min(len(rest), 132)
		t = t.with(seg("E1MTXLM", "MSGFN", "005", "TDFORMAT", format, "TDLINE", string(rest[:n])))
		rest = rest[n:]
	}
	return t
}
