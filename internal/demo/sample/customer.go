package sample

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Customer is one of Northwind's 91 customers as SAP knows it.
type Customer struct {
	Number                   string // SAP's KUNNR, ten digits
	Name, Street             string
	City, Region, PostalCode string
	Country                  string // ISO 3166-1 code
	Language                 string // en or de
	Phone                    string
	Group, PaymentTerm       string
	CreditLimit              decimal.Decimal // in Currency
	OrderBlock               bool            // SAP's AUFSD

	code, contact, contactTitle string
}

// blockedCustomer never ordered from Northwind, so SAP may well have blocked it.
const blockedCustomer = "FISSA"

func (c *Company) loadCustomers() error {
	country, term := map[string]row{}, map[string]string{}
	if err := each("acme/countries.csv", func(r row) { country[r.text("country")] = r }); err != nil {
		return err
	}
	for _, g := range c.Groups {
		term[g.Code] = g.paymentTerm
	}
	err := each("northwind/customers.csv", func(r row) {
		land, ok := country[r.text("country")]
		if !ok {
			r.fail("country", "no such country in acme/countries.csv")
			return
		}
		land.err = r.err
		k := Customer{
			Number: fmt.Sprintf("%010d", 20001+len(c.Customers)), Name: tidy(r.text("company_name")), Street: tidy(r.text("address")),
			City: r.text("city"), Region: r.text("region"), PostalCode: r.text("postal_code"), Phone: r.text("phone"),
			Country: land.text("code"), Language: land.text("language"), Group: land.text("group"),
			PaymentTerm: term[land.text("group")], OrderBlock: r.text("customer_id") == blockedCustomer,
			code: r.text("customer_id"), contact: r.text("contact_name"), contactTitle: r.text("contact_title"),
		}
		c.customer[k.Number], c.customer[k.code] = len(c.Customers), len(c.Customers)
		c.Customers = append(c.Customers, k)
	})
	if err != nil {
		return err
	}
	return c.setCreditLimits()
}

// tidy removes doubled blanks, of which Northwind has some.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// setCreditLimits is invented: ten thousand, and a thousand for each thousand that the customer ever ordered or began to.
func (c *Company) setCreditLimits() error {
	ordered := make([]decimal.Decimal, len(c.Customers))
	err := c.eachOrderLine(func(customer int, line row) {
		net := line.decimal("unit_price").Mul(line.decimal("quantity")).Mul(decimal.NewFromInt(1).Sub(line.decimal("discount")))
		ordered[customer] = ordered[customer].Add(net)
	})
	thousand := decimal.NewFromInt(1000)
	for i := range c.Customers {
		c.Customers[i].CreditLimit = ordered[i].Div(thousand).Ceil().Add(decimal.NewFromInt(10)).Mul(thousand)
	}
	return err
}
