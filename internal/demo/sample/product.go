package sample

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Product is one of Northwind's 77 products as SAP knows it.
type Product struct {
	// SKU is SAP's MATNR: eighteen digits where SAP sends the product itself as an IDoc, text such as NW-0001 where it
	// comes by CSV.
	SKU, Name, NameDE          string
	Description, DescriptionDE string
	Category                   string
	Unit                       string          // base unit by SAP's code: PCE or KGM
	Carton                     decimal.Decimal // base units in a carton (CT)
	GTIN                       string
	Weight                     decimal.Decimal // net, kilograms of one base unit
	Discontinued               bool
	ListPrice                  decimal.Decimal // of Per base units
	Per                        decimal.Decimal // SAP's KPEIN
	Tiers                      []Tier          // of the list price, from the smallest quantity on
	OnHand                     []OnHand        // by warehouse
	IDoc                       bool            // whether it is sent as MATMAS05, COND_A04 and LOISTD01 or by CSV
}

// Tier is a better price from a quantity on, for as many base units as the product's Per says.
type Tier struct{ From, Amount decimal.Decimal }

// OnHand is the unrestricted stock in one warehouse, in base units.
type OnHand struct {
	Warehouse string
	Quantity  decimal.Decimal
}

// sentByIDoc picks every third product, so that both ways are seen in each category.
func sentByIDoc(product int) bool { return product%3 == 0 }

// byIDoc are the products that SAP sends itself, as IDocs.
func (c *Company) byIDoc() (products []*Product) {
	for i := range c.Products {
		if c.Products[i].IDoc {
			products = append(products, &c.Products[i])
		}
	}
	return products
}

func skuOf(product int) string {
	if sentByIDoc(product) {
		return fmt.Sprintf("%018d", 100000+product)
	}
	return fmt.Sprintf("NW-%04d", product)
}

func (c *Company) loadProducts() error {
	category, supplier, acme := map[string]string{}, map[string]string{}, map[string]row{}
	for table, use := range map[string]func(row){
		"acme/categories.csv":     func(r row) { category[r.text("category_id")] = r.text("code") },
		"northwind/suppliers.csv": func(r row) { supplier[r.text("supplier_id")] = r.text("company_name") + ", " + r.text("city") },
		"acme/products.csv":       func(r row) { acme[r.text("product_id")] = r },
	} {
		if err := each(table, use); err != nil {
			return err
		}
	}
	return each("northwind/products.csv", func(r row) {
		own, ok := acme[r.text("product_id")]
		if !ok {
			r.fail("product_id", "no such product in acme/products.csv")
			return
		}
		own.err = r.err
		p := describe(r, own, supplier[r.text("supplier_id")])
		p.Category = category[r.text("category_id")]
		c.putInStock(&p, r.decimal("units_in_stock").Mul(p.Per))
		c.product[p.SKU], c.product[r.text("product_id")] = len(c.Products), len(c.Products)
		c.Products = append(c.Products, p)
	})
}

// describe joins what Northwind says of a product and what was invented for it.
func describe(r, own row, supplier string) Product {
	id := r.number("product_id")
	pack := strings.ReplaceAll(tidy(r.text("quantity_per_unit")), " - ", " x ")
	p := Product{
		SKU: skuOf(id), Name: r.text("product_name"), NameDE: own.text("name_de"), IDoc: sentByIDoc(id),
		Description:   fmt.Sprintf("%s. Supplied by %s.", strings.TrimSuffix(pack, "."), supplier),
		DescriptionDE: fmt.Sprintf("%s. Geliefert von %s.", own.text("pack_de"), supplier),
		Unit:          own.text("unit"), Carton: own.decimal("carton"), GTIN: gtin13(id), Weight: own.decimal("weight"),
		Discontinued: r.text("discontinued") == "1", ListPrice: r.decimal("unit_price"), Per: own.decimal("per"),
	}
	p.Tiers = tiers(p.ListPrice)
	return p
}

// putInStock leaves two thirds of the stock in the first warehouse, rounded up, and the rest in the second.
func (c *Company) putInStock(p *Product, stock decimal.Decimal) {
	first := stock.Mul(decimal.NewFromInt(2)).Div(decimal.NewFromInt(3)).Ceil()
	p.OnHand = []OnHand{{c.Warehouses[0].Code, first}, {c.Warehouses[1].Code, stock.Sub(first)}}
}
