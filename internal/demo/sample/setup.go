package sample

// What SAP's files name only by a code, a shop sets up beforehand with names: the customer group KDGRP, the payment term
// ZTERM, the plant WERKS. A seeder creates these, or the import creates what it can with the code as name.

// Group is a customer group, SAP's KDGRP.
type Group struct {
	Code, Name string

	paymentTerm string // what its customers have agreed
}

// PaymentTerm is until when an invoice is to be paid, SAP's ZTERM.
type PaymentTerm struct {
	Code, Name, NameDE string
	NetDays            int
}

// Warehouse is a plant, SAP's WERKS; orders are to take from the highest priority first.
type Warehouse struct {
	Code, Name, City, Country string
	Priority                  int
}

func (c *Company) loadGroups() error {
	return each("acme/groups.csv", func(r row) {
		c.Groups = append(c.Groups, Group{Code: r.text("code"), Name: r.text("name"), paymentTerm: r.text("payment_term")})
	})
}

func (c *Company) loadPaymentTerms() error {
	return each("acme/payment_terms.csv", func(r row) {
		c.PaymentTerms = append(c.PaymentTerms, PaymentTerm{
			Code: r.text("code"), Name: r.text("name"), NameDE: r.text("name_de"), NetDays: r.number("net_days")})
	})
}

func (c *Company) loadWarehouses() error {
	return each("acme/warehouses.csv", func(r row) {
		c.Warehouses = append(c.Warehouses, Warehouse{Code: r.text("code"), Name: r.text("name"),
			City: r.text("city"), Country: r.text("country"), Priority: r.number("priority")})
	})
}
