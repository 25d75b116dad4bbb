package storefront

import (
	"context"
	"errors"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Checkouts turn a cart into an order: at the total that the page showed, or not at all.
type Checkouts interface {
	// Start gives the checkout of the buyer's cart, the one that he left before or a new one.
	Start(ctx context.Context) (id string, err error)
	// Checkout is the first of the two pages. It asks what shipping costs, which may take two seconds.
	Checkout(ctx context.Context, id string) (Checkout, error)
	// Keep keeps what the buyer decided. Fields of a *page.Invalid are the names of the form's controls. ErrChanged: what
	// shipping costs is no longer what the page showed, so that it must be shown again.
	Keep(ctx context.Context, id string, choice CheckoutChoice) error
	// Review computes what the order comes to, and holds it fast for the buyer to see. ErrChanged: the first page has to be
	// filled in again.
	Review(ctx context.Context, id string) (Review, error)
	// Place orders, once for each checkout: a second call gives the same order.
	Place(ctx context.Context, id string, choice PaymentChoice) (Placed, error)
	// Reopen gives up a payment that waits for the buyer, so that he can pay in another way.
	Reopen(ctx context.Context, id string) error
	// Return is told that the buyer came back from the gateway's page.
	Return(ctx context.Context, id string) (Placed, error)
}

// Checkout is the first page between cart and order: where to, how, and how it is paid.
type Checkout struct {
	ID        string
	Order     string    // number of the order that came of it; empty while it is open
	Addresses []Address // of the company, the usual one first
	Countries []page.Option
	Shipping  []Method
	Payment   []Method
	Lines     []OrderLine
	Subtotal  page.Money
	// CreditLeft is nil where the customer has no limit.
	CreditLeft *page.Money
	// Problems keep the order from being placed, such as a credit limit.
	Problems []string

	Form page.Form // what was chosen before, or typed and not accepted
}

// Method is a way to ship or to pay.
type Method struct {
	Code, Name, Text string
	// Price is nil where it is told later, and for ways of paying. The form sends it back, so that a buyer who was shown
	// another one sees the page again.
	Price *page.Money
	Free  bool
}

// Address is where goods or an invoice go.
type Address struct {
	ID, Company, Name, Street, Street2, PostalCode, City, Region string
	Country                                                      string // name
	CountryCode                                                  string // ISO 3166-1 alpha-2
	Usual                                                        bool
}

// CheckoutChoice is what the buyer decided.
type CheckoutChoice struct {
	AddressID string   // of a known address, or empty: Address counts
	Address   *Address // typed in
	Shipping  string   // code of the method
	Payment   string   // code of the payment terms
	PONumber  string
	Note      string
	// RequestedDate is the day on which the goods are wanted, as YYYY-MM-DD, or empty.
	RequestedDate string
	// Price is what the page showed for this way of shipping, "" where it is told later.
	Price string
	// Update asks only for what shipping to the address costs.
	Update bool
}

// newAddress is the value of the address's radio button that asks for one.
const newAddress = "new"

// Chosen tells which of the radio buttons of a group is set: what was typed,
// else the first.
func (c Checkout) Chosen(group, value string, first bool) bool {
	if c.Form.Values.Has(group) {
		return c.Form.Value(group) == value
	}
	return first
}

func (s *Shop) startCheckout(w http.ResponseWriter, r *http.Request) error {
	id, err := s.Checkout.Start(r.Context())
	var invalid *page.Invalid
	if errors.As(err, &invalid) {
		return s.showCart(w, r, http.StatusUnprocessableEntity, page.Form{Problems: invalid.Problems})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, page.Path("checkout", id), http.StatusSeeOther)
	return nil
}

func (s *Shop) checkout(w http.ResponseWriter, r *http.Request) error {
	return s.showCheckout(w, r, http.StatusOK, page.Form{})
}

func (s *Shop) showCheckout(w http.ResponseWriter, r *http.Request, status int, form page.Form) error {
	c, err := s.Checkout.Checkout(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Order != "" { // a page out of the browser's history
		http.Redirect(w, r, page.Path("orders", c.Order), http.StatusSeeOther)
		return nil
	}
	if form.Values != nil {
		c.Form = form
	}
	title := s.text(r, "checkout.title")
	checkoutView.Show(s.engine, w, r, status, s.frame(r, title,
		page.Trail(s.text(r, "home.crumb"), "/", s.text(r, "cart.title"), "/cart", title)...), c)
	return nil
}

func (s *Shop) keepCheckout(w http.ResponseWriter, r *http.Request) error {
	choice := readChoice(r)
	id := r.PathValue("id")
	form := page.Form{Values: r.PostForm}
	if form.Problems = s.checkAddress(r, choice.Address); form.Problems == nil {
		err := s.Checkout.Keep(r.Context(), id, choice)
		var invalid *page.Invalid
		switch {
		case err == nil && choice.Update:
			http.Redirect(w, r, page.Path("checkout", id)+"#f-shipping", http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
			return nil
		case err == nil:
			http.Redirect(w, r, page.Path("checkout", id, "payment"), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
			return nil
		case errors.Is(err, ErrChanged):
			page.Tell(w, r, "info", "checkout.newRates")
			http.Redirect(w, r, page.Path("checkout", id)+"#f-shipping", http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
			return nil
		case !errors.As(err, &invalid):
			return err
		}
		form.Problems = invalid.Problems
	}
	return s.showCheckout(w, r, http.StatusUnprocessableEntity, form)
}

func readChoice(r *http.Request) CheckoutChoice {
	c := CheckoutChoice{AddressID: r.PostFormValue("address"), Shipping: r.PostFormValue("shipping"),
		Payment: r.PostFormValue("payment"), PONumber: r.PostFormValue("poNumber"), Note: r.PostFormValue("note"),
		RequestedDate: r.PostFormValue("requestedDate")}
	c.Price, c.Update = r.PostFormValue("price."+c.Shipping), r.PostFormValue("update") != ""
	if c.AddressID == newAddress || c.AddressID == "" {
		c.AddressID = ""
		c.Address = &Address{Company: r.PostFormValue("company"), Name: r.PostFormValue("name"),
			Street: r.PostFormValue("street"), Street2: r.PostFormValue("street2"),
			PostalCode: r.PostFormValue("postalCode"), City: r.PostFormValue("city"), CountryCode: r.PostFormValue("country")}
	}
	return c
}

func (s *Shop) checkAddress(r *http.Request, a *Address) []page.Problem {
	if a == nil {
		return nil
	}
	var problems []page.Problem
	for _, f := range []struct{ name, value string }{{"company", a.Company}, {"street", a.Street},
		{"postalCode", a.PostalCode}, {"city", a.City}, {"country", a.CountryCode}} {
		if f.value == "" {
			problems = append(problems, page.Problem{Field: f.name, Text: s.text(r, "address.missing."+f.name)})
		}
	}
	return problems
}
