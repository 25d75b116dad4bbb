package sample

// Category is a node of the shop's tree; the code fits SAP's material group (MATKL, nine characters).
type Category struct{ Code, Parent, Name, NameDE string }

func (c *Company) loadCategories() error {
	return each("acme/categories.csv", func(r row) {
		c.Categories = append(c.Categories, Category{
			Code: r.text("code"), Parent: r.text("parent"), Name: r.text("name"), NameDE: r.text("name_de")})
	})
}
