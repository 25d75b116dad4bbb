package tax_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// office is a house with a buyer, tax codes and jurisdictions.
type office struct {
	*commercetest.House
	buyer commercetest.Buyer
	ids   map[string]string // of codes and jurisdictions
}

func newOffice(t *testing.T) *office {
	o := &office{House: commercetest.New(t), ids: map[string]string{}}
	o.buyer = o.Buyer("1000")
	for _, code := range []string{"LIABLE", "EXEMPT", "RESELLER"} {
		o.ids[code] = o.Insert("customer_tax_code", map[string]any{"code": code, "name": code})
	}
	for _, code := range []string{"STANDARD", "REDUCED", "FREIGHT"} {
		o.ids[code] = o.Insert("product_tax_code", map[string]any{"code": code, "name": code})
	}
	return o
}

func (o *office) place(code, country, region, from, to string) {
	o.T.Helper()
	columns := map[string]any{"code": code, "name": code, "country": country}
	for column, value := range map[string]string{"region": region, "postal_code_from": from, "postal_code_to": to} {
		if value != "" {
			columns[column] = value
		}
	}
	o.ids[code] = o.Insert("tax_jurisdiction", columns)
}

func (o *office) rule(customer, product, place, rate string) string {
	o.T.Helper()
	return o.Insert("tax_rule", map[string]any{"customer_tax_code_id": o.ids[customer], "product_tax_code_id": o.ids[product],
		"jurisdiction_id": o.ids[place], "rate": rate, "name": rate + " " + place})
}

func (o *office) product(sku, code string) string {
	o.T.Helper()
	id := o.Product(sku)
	if code != "" {
		o.Exec("UPDATE product SET tax_code_id = $2 WHERE id = $1", id, o.ids[code])
	}
	return id
}

func (o *office) address(country, region, postal string) string {
	o.T.Helper()
	return o.Insert("customer_address", map[string]any{"customer_id": o.buyer.Customer, "street": "1 Main St", "city": "Town",
		"country": country, "region": region, "postal_code": postal})
}

func (o *office) website(column, code string) {
	o.T.Helper()
	o.Exec("UPDATE website SET "+column+" = $2 WHERE id = $1", o.Website, o.ids[code])
}

func (o *office) ask(address string, products ...string) tax.Answer {
	o.T.Helper()
	q := tax.Question{Organization: o.Organization, Website: o.Website, Customer: o.buyer.Customer, Products: products, Address: address}
	var a tax.Answer
	err := pgx.BeginFunc(context.Background(), o.Pool, func(tx pgx.Tx) (err error) {
		if err = access.Enter(context.Background(), tx, o.As(o.buyer)); err != nil {
			return err
		}
		a, err = tax.Resolve(context.Background(), tx, q)
		return err
	})
	if err != nil {
		o.T.Fatal(err)
	}
	return a
}

// A new organization charges no tax.
func TestNoTax(t *testing.T) {
	o := newOffice(t)
	a := o.ask(o.address("DE", "", "50667"), o.product("P", ""), "")
	if a.Included || len(a.Lines) != 2 || !a.Lines[0].Percent.IsZero() || !a.Lines[1].Percent.IsZero() || !a.Shipping.Percent.IsZero() {
		t.Errorf("there is tax: %+v", a)
	}
}
