package storefront

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/shopspring/decimal"
)

// Carts keep what the buyer in the context is about to order.
type Carts interface {
	// Lines counts the lines, for the header.
	Lines(ctx context.Context) (int, error)
	Cart(ctx context.Context) (Cart, error)
	// Add puts products in; a *page.Invalid with the field "quantity" says why not.
	Add(ctx context.Context, sku, unit string, quantity decimal.Decimal) error
	// Change sets quantities by id of the line; 0 removes it. Fields of a
	// *page.Invalid are "quantity." and the id.
	Change(ctx context.Context, quantities map[string]decimal.Decimal) error
	Remove(ctx context.Context, line string) error
}

// Cart is the page of what is about to be ordered.
type Cart struct {
	Lines    []CartLine
	Subtotal page.Money
	// Shipping is nil where it is known only in the checkout.
	Shipping *page.Money
	Total    page.Money
	// Problems keep the cart from being ordered, such as a blocked customer.
	Problems []string

	Form page.Form // set by the page
}

// CartLine is one product in the cart.
type CartLine struct {
	ID, SKU, Name string
	Image         string
	Unit          Unit
	Quantity      decimal.Decimal
	Price         *Price // nil: no longer offered
	Total         page.Money
	Stock         Stock
	Problem       string // why it cannot be ordered as it is
}

// URL is the address of the product's page.
func (l CartLine) URL() string { return page.Path("products", l.SKU) }

// PricedUnit is the line's unit with the price that the line has.
func (l CartLine) PricedUnit() Unit {
	u := l.Unit
	u.Price = l.Price
	return u
}

// Orderable tells whether nothing keeps the cart from the checkout.
func (c Cart) Orderable() bool {
	for _, l := range c.Lines {
		if l.Problem != "" {
			return false
		}
	}
	return len(c.Lines) > 0 && len(c.Problems) == 0
}

func (s *Shop) cart(w http.ResponseWriter, r *http.Request) error {
	return s.showCart(w, r, http.StatusOK, page.Form{})
}

func (s *Shop) showCart(w http.ResponseWriter, r *http.Request, status int, form page.Form) error {
	cart, err := s.Carts.Cart(r.Context())
	if err != nil {
		return err
	}
	cart.Form = form
	title := s.text(r, "cart.title")
	cartView.Show(s.engine, w, r, status, s.frame(r, title, page.Trail(s.text(r, "home.crumb"), "/", title)...), cart)
	return nil
}

func (s *Shop) addToCart(w http.ResponseWriter, r *http.Request) error {
	sku, name := r.PostFormValue("sku"), r.PostFormValue("name")
	quantity, err := parseQuantity(r.PostFormValue("quantity"))
	if err == nil && !quantity.IsPositive() {
		err = errors.New("not above zero")
	}
	if err != nil {
		return s.refuseToAdd(w, r, sku, []page.Problem{{Field: "quantity", Text: s.text(r, "cart.badQuantity")}})
	}
	err = s.Carts.Add(r.Context(), sku, r.PostFormValue("unit"), quantity)
	var invalid *page.Invalid
	if errors.As(err, &invalid) {
		return s.refuseToAdd(w, r, sku, invalid.Problems)
	}
	if err != nil {
		return err
	}
	if name == "" {
		name = sku
	}
	page.Tell(w, r, "good", "cart.added", name)
	http.Redirect(w, r, page.LocalPath(r.PostFormValue("back"), "/cart"), http.StatusSeeOther) // #nosec G710 -- LocalPath keeps to this site
	return nil
}

func (s *Shop) refuseToAdd(w http.ResponseWriter, r *http.Request, sku string, problems []page.Problem) error {
	if r.Header.Get("HX-Request") != "" { // sent from a list: show the whole page of the product instead
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reselect", "body > *")
		w.Header().Set("HX-Push-Url", page.Path("products", sku))
	}
	return s.showProduct(w, r, sku, http.StatusUnprocessableEntity, page.Form{Values: r.PostForm, Problems: problems})
}

const quantityPrefix = "quantity."

func (s *Shop) changeCart(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return s.showCart(w, r, http.StatusBadRequest, page.Form{})
	}
	form := page.Form{Values: r.PostForm}
	quantities := map[string]decimal.Decimal{}
	for name := range r.PostForm {
		id, ok := strings.CutPrefix(name, quantityPrefix)
		if !ok {
			continue
		}
		quantity, err := parseQuantity(r.PostForm.Get(name))
		if err != nil || quantity.IsNegative() {
			form.Problems = append(form.Problems, page.Problem{Field: name, Text: s.text(r, "cart.badQuantity")})
			continue
		}
		quantities[id] = quantity
	}
	if form.Problems == nil {
		err := s.Carts.Change(r.Context(), quantities)
		var invalid *page.Invalid
		if !errors.As(err, &invalid) {
			if err == nil {
				page.Tell(w, r, "good", "cart.changed")
				http.Redirect(w, r, "/cart", http.StatusSeeOther)
			}
			return err
		}
		form.Problems = invalid.Problems
	}
	return s.showCart(w, r, http.StatusUnprocessableEntity, form)
}

func (s *Shop) removeFromCart(w http.ResponseWriter, r *http.Request) error {
	if err := s.Carts.Remove(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	page.Tell(w, r, "good", "cart.removed")
	http.Redirect(w, r, "/cart", http.StatusSeeOther)
	return nil
}

// parseQuantity takes the comma too: a German keyboard's number pad has no point.
func parseQuantity(s string) (decimal.Decimal, error) {
	s = strings.TrimSpace(s)
	if len(s) > 20 {
		return decimal.Zero, errors.New("too long for a quantity")
	}
	if !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.ContainsAny(s, "eE") {
		return decimal.Zero, errors.New("a quantity has no exponent")
	}
	return decimal.NewFromString(s)
}
