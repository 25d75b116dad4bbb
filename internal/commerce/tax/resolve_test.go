package tax_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/commerce/tax"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// office is a house with a buyer, tax codes and jurisdictions.
type office struct {
	*commercetest.House
	buyer commercetest.Buyer
	ids   map[string]string // of codes and jurisdictions
}

func newOffice(t testing.TB) *office {
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
	return o.resolve(o.As(o.buyer), tax.Question{Organization: o.Organization, Website: o.Website, Customer: o.buyer.Customer,
		Products: products, Address: address})
}

func (o *office) resolve(caller access.Caller, q tax.Question) (a tax.Answer) {
	o.T.Helper()
	err := pgx.BeginFunc(context.Background(), o.Pool, func(tx pgx.Tx) (err error) {
		if err = access.Enter(context.Background(), tx, caller); err != nil {
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

// Every way in which a code is found, and in which one jurisdiction goes before another.
func TestResolve(t *testing.T) {
	o := newOffice(t)
	o.place("DE", "DE", "", "", "")
	o.place("Helgoland", "DE", "", "27498", "")
	o.place("US", "US", "", "", "")
	o.place("CA", "US", "CA", "", "")
	o.place("Beverly Hills", "US", "ca", "90209", "90213")
	o.place("90210", "US", "CA", "90210", "90210")
	o.place("London", "GB", "", "EC", "WC")
	o.rule("LIABLE", "STANDARD", "DE", "19")
	o.rule("LIABLE", "REDUCED", "DE", "7")
	o.rule("LIABLE", "FREIGHT", "DE", "16.5")
	o.rule("LIABLE", "STANDARD", "Helgoland", "0")
	o.rule("LIABLE", "STANDARD", "CA", "7.25")
	o.rule("LIABLE", "STANDARD", "Beverly Hills", "9.5")
	o.rule("LIABLE", "STANDARD", "90210", "9.75")
	o.rule("LIABLE", "REDUCED", "US", "1")
	o.rule("RESELLER", "STANDARD", "DE", "1.5")
	o.rule("LIABLE", "STANDARD", "London", "20")
	o.website("customer_tax_code_id", "LIABLE")
	o.website("product_tax_code_id", "STANDARD")
	standard, book := o.product("S", ""), o.product("B", "REDUCED")
	for _, c := range []struct {
		name, country, region, postal string
		want                          []string // of a product without a code, of a book, of shipping
	}{
		{"a country", "DE", "", "50667", []string{"19", "7", "19"}},
		{"an island with a rule for one code", "DE", "", "D-27498", []string{"19", "7", "19"}},
		{"as the island writes it", "DE", "", "27498", []string{"0", "7", "0"}},
		{"a country without a rule", "FR", "", "75001", []string{"0", "0", "0"}},
		{"a region, a rule of the country", "US", "ca", "94105", []string{"7.25", "1", "7.25"}},
		{"another region", "US", "NV", "89101", []string{"0", "1", "0"}},
		{"a range", "US", " CA ", "90211-4567", []string{"9.5", "1", "9.5"}},
		{"the narrower range", "US", "CA", "90210", []string{"9.75", "1", "9.75"}},
		{"the end of a range", "US", "CA", "90213-9999", []string{"9.5", "1", "9.5"}},
		{"behind the range", "US", "CA", "90214", []string{"7.25", "1", "7.25"}},
		{"the range of another region", "US", "NV", "90210", []string{"0", "1", "0"}},
		{"beginnings with letters", "GB", "", "sw1a 1aa", []string{"20", "0", "20"}},
		{"the last of them", "GB", "", "WC2N 5DU", []string{"20", "0", "20"}},
		{"beyond", "GB", "", "YO1 7HH", []string{"0", "0", "0"}},
		{"no postal code", "US", "CA", "", []string{"7.25", "1", "7.25"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := o.ask(o.address(c.country, c.region, c.postal), standard, book)
			for i, got := range append(a.Lines, a.Shipping) {
				if !got.Percent.Equal(d(c.want[i])) {
					t.Errorf("%d: %s %% (%s), want %s", i, got.Percent, got.Name, c.want[i])
				}
			}
		})
	}
}

// The customer's own code goes before his group's, and that before the website's; the shipping has one of its own.
func TestCodes(t *testing.T) {
	o := newOffice(t)
	o.place("DE", "DE", "", "", "")
	for rate, pair := range map[string][2]string{"19": {"LIABLE", "STANDARD"}, "2": {"RESELLER", "STANDARD"}, "5": {"RESELLER", "FREIGHT"}, "7": {"LIABLE", "REDUCED"}} {
		o.rule(pair[0], pair[1], "DE", rate)
	}
	address, plain, book := o.address("DE", "", "50667"), o.product("S", ""), o.product("B", "REDUCED")
	says := func(step, want string) {
		t.Helper()
		a := o.ask(address, book, plain, "")
		got := a.Lines[0].Percent.String() + " " + a.Lines[1].Percent.String() + " " + a.Lines[2].Percent.String() + " " + a.Shipping.Percent.String()
		if got != want {
			t.Errorf("%s: %s, want %s", step, got, want)
		}
	}
	says("no code", "0 0 0 0")
	o.website("customer_tax_code_id", "LIABLE")
	says("the website's customer code", "7 0 0 0")
	o.website("product_tax_code_id", "STANDARD")
	says("the website's product code", "7 19 19 19")
	o.Exec("UPDATE customer_group SET tax_code_id = $1 WHERE id = $2", o.ids["RESELLER"], o.buyer.Group)
	says("the group's code", "0 2 2 2")
	o.website("shipping_tax_code_id", "FREIGHT")
	says("the code of shipping", "0 2 2 5")
	o.Exec("UPDATE customer SET tax_code_id = $1 WHERE id = $2", o.ids["EXEMPT"], o.buyer.Customer)
	says("an exempt customer", "0 0 0 0")
	o.Exec("DELETE FROM customer_tax_code WHERE code = 'EXEMPT'")
	says("whose code is deleted", "0 2 2 5")
}

// Rates change at midnight of the organization's day.
func TestRatesChange(t *testing.T) {
	o := newOffice(t)
	o.place("DE", "DE", "", "", "")
	o.website("customer_tax_code_id", "LIABLE")
	o.website("product_tax_code_id", "STANDARD")
	o.rule("LIABLE", "STANDARD", "DE", "19")
	address := o.address("DE", "", "50667")
	var ahead string
	o.Scan(&ahead, "SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date::text")
	o.Insert("tax_rule", map[string]any{"customer_tax_code_id": o.ids["LIABLE"], "product_tax_code_id": o.ids["STANDARD"],
		"jurisdiction_id": o.ids["DE"], "rate": "16", "name": "VAT 16 %", "valid_from": ahead})
	for zone, want := range map[string]string{"Pacific/Kiritimati": "16", "Pacific/Pago_Pago": "19"} {
		o.Exec("UPDATE organization SET time_zone = $1", zone)
		if got := o.ask(address, "").Lines[0].Percent.String(); got != want {
			t.Errorf("in %s the rate is %s, want %s", zone, got, want)
		}
	}
	o.Exec("UPDATE organization SET time_zone = 'Pacific/Kiritimati'")
	o.Exec("UPDATE tax_rule SET valid_from = valid_from - 9, valid_until = $1::date - 1 WHERE valid_from IS NOT NULL", ahead)
	if got := o.ask(address, "").Lines[0].Percent.String(); got != "19" {
		t.Errorf("behind its last day the lower rate still holds: %s", got)
	}
}

// Neither another organization's products nor its address or website say anything.
func TestOfOneOrganization(t *testing.T) {
	o := newOffice(t)
	o.place("DE", "DE", "", "", "")
	o.website("customer_tax_code_id", "LIABLE")
	o.rule("LIABLE", "REDUCED", "DE", "7")
	address, book := o.address("DE", "", "50667"), o.product("B", "REDUCED")
	other := o.Found(organization.Founding{Code: "globex", AdminEmail: "a@globex.test"})
	q := tax.Question{Organization: other.Organization, Website: o.Website, Customer: o.buyer.Customer, Products: []string{book}, Address: address}
	if got := o.resolve(access.SystemCaller(other.Organization, "test"), q); !got.Lines[0].Percent.IsZero() {
		t.Errorf("another organization's rate is found: %v", got)
	}
	if _, err := tax.Resolve(context.Background(), o.Pool, tax.Question{Organization: "00000000-0000-7000-8000-000000000000"}); err == nil {
		t.Error("an organization that does not exist has tax")
	}
}
