package storefront

import (
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/shopspring/decimal"
)

// Product is the page of one product.
type Product struct {
	SKU, Name   string
	Description string
	Image       string
	GTIN        string
	CustomerSKU string // the buyer's own number for it
	Category    *CategoryLink
	Parents     []CategoryLink
	Attributes  []Attribute
	Units       []Unit // the primary one first; empty if it cannot be ordered
	Stock       Stock  // of all warehouses
	Warehouses  []WarehouseStock

	// Set by the page:

	SignedIn bool
	Form     page.Form // what was typed, when it was not accepted
}

// Attribute is one property of a product, in the visitor's language.
type Attribute struct{ Name, Value string }

// WarehouseStock is the stock of a product in one place.
type WarehouseStock struct {
	Code, Name string
	Stock      Stock
}

// URL is the address of the product's page.
func (p Product) URL() string { return page.Path("products", p.SKU) }

// Offered lists the units that have a price for this buyer.
func (p Product) Offered() []Unit {
	var offered []Unit
	for _, u := range p.Units {
		if u.Price != nil {
			offered = append(offered, u)
		}
	}
	return offered
}

// HasTiers tells whether the quantity changes a price.
func (p Product) HasTiers() bool {
	for _, u := range p.Units {
		if len(u.Tiers) > 1 {
			return true
		}
	}
	return false
}

// FinestStep is the smallest step of all units, for the one quantity box they share.
func (p Product) FinestStep() decimal.Decimal {
	finest := decimal.NewFromInt(1)
	for _, u := range p.Units {
		if u.Step.IsPositive() && u.Step.LessThan(finest) {
			finest = u.Step
		}
	}
	return finest
}

func (s *Shop) product(w http.ResponseWriter, r *http.Request) error {
	return s.showProduct(w, r, r.PathValue("sku"), http.StatusOK, page.Form{})
}

func (s *Shop) showProduct(w http.ResponseWriter, r *http.Request, sku string, status int, form page.Form) error {
	p, err := s.Catalog.Product(r.Context(), sku)
	if err != nil {
		return err
	}
	_, p.SignedIn = s.Buyers.Buyer(r.Context())
	p.Form = form
	crumbs := []string{s.text(r, "home.crumb"), "/"}
	for _, c := range p.Parents {
		crumbs = append(crumbs, c.Name, c.URL())
	}
	if p.Category != nil {
		crumbs = append(crumbs, p.Category.Name, p.Category.URL())
	}
	productView.Show(s.engine, w, r, status, s.frame(r, p.Name, page.Trail(append(crumbs, p.Name)...)...), p)
	return nil
}
