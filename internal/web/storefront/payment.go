package storefront

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Review is the second page between cart and order: what it comes to, and the payment.
type Review struct {
	ID    string
	Order string // number of the order that came of it; empty while there is none
	// PaymentURL is where a payment that was begun is gone on with; empty if none was.
	PaymentURL string

	ShipTo, BillTo       Address
	PickUp               bool // nothing is shipped
	Shipping             string
	Arrives              time.Time // zero where nobody says
	Payment, PaymentText string
	PONumber, Note       string
	RequestedDate        time.Time

	Lines         []OrderLine
	Subtotal      page.Money
	ShippingTotal page.Money
	ShippingLater bool // what it costs is told later; ShippingTotal is nothing
	Taxes         []TaxLine
	TaxIncluded   bool
	Total         page.Money

	Problems []string // keep the order from being placed
	Changes  []string // since it was last shown, for the buyer to confirm

	Card *CardForm // nil where the order is paid without a card
	Form page.Form
}

// TaxLine is the tax of one rate.
type TaxLine struct {
	Name    string
	Percent decimal.Decimal
	Amount  page.Money
}

// CardForm is where the buyer gives his card to the gateway; see module.PaymentForm.
type CardForm struct {
	Element, Script string
	Options         map[string]string
	Sources         []string
	Hosted          bool
}

// Data are the options as the page's script reads them.
func (c *CardForm) Data() (string, error) {
	b, err := json.Marshal(c.Options)
	return string(b), err
}

// PaymentChoice is what the payment page sends.
type PaymentChoice struct {
	Token string // of the card, from the gateway; empty asks for the gateway's own page
	Total string // what the page showed; never charged, only compared
	// Shop is where the shop is, as the browser knows it: scheme and host. The gateway sends the buyer back there.
	Shop string
}

// Placed is what came of an order.
type Placed struct {
	Number string
	URL    string // where the buyer has to go to pay; empty if nowhere
	Failed string // why the payment failed, in words; the order was given up and the checkout is open again
}

func (s *Shop) payment(w http.ResponseWriter, r *http.Request) error {
	return s.showPayment(w, r, http.StatusOK, page.Form{})
}

func (s *Shop) showPayment(w http.ResponseWriter, r *http.Request, status int, form page.Form) error {
	v, err := s.Checkout.Review(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrChanged):
		http.Redirect(w, r, page.Path("checkout", r.PathValue("id")), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
		return nil
	case err != nil:
		return err
	case v.Order != "" && v.PaymentURL == "": // a page out of the browser's history
		http.Redirect(w, r, page.Path("orders", v.Order), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
		return nil
	}
	v.Form = form
	title := s.text(r, "payment.title")
	f := s.frame(r, title, page.Trail(s.text(r, "home.crumb"), "/", s.text(r, "cart.title"), "/cart",
		s.text(r, "checkout.title"), page.Path("checkout", v.ID), title)...)
	if v.Card != nil {
		f.Sources, f.Scripts = v.Card.Sources, []string{"script/payment.js"}
	}
	paymentView.Show(s.engine, w, r, status, f, v)
	return nil
}

func (s *Shop) placeOrder(w http.ResponseWriter, r *http.Request) error {
	placed, err := s.Checkout.Place(r.Context(), r.PathValue("id"), PaymentChoice{Token: r.PostFormValue("paymentToken"),
		Total: r.PostFormValue("total"), Shop: s.origin(r)})
	var invalid *page.Invalid
	if errors.As(err, &invalid) {
		return s.showPayment(w, r, http.StatusUnprocessableEntity, page.Form{Values: r.PostForm, Problems: invalid.Problems})
	}
	return s.goOn(w, r, placed, err)
}

// returned is where the gateway sends the buyer back to. One whose payment still waits for him is not sent there again: he
// may have come back because he does not want to pay so.
func (s *Shop) returned(w http.ResponseWriter, r *http.Request) error {
	placed, err := s.Checkout.Return(r.Context(), r.PathValue("id"))
	if err == nil && placed.Failed == "" && placed.URL != "" {
		placed.URL = page.Path("checkout", r.PathValue("id"), "payment")
	}
	return s.goOn(w, r, placed, err)
}

func (s *Shop) reopen(w http.ResponseWriter, r *http.Request) error {
	err := s.Checkout.Reopen(r.Context(), r.PathValue("id"))
	var invalid *page.Invalid
	if errors.As(err, &invalid) {
		return s.showPayment(w, r, http.StatusUnprocessableEntity, page.Form{Problems: invalid.Problems})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, page.Path("checkout", r.PathValue("id")), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
	return nil
}

// goOn leads to what comes after an order was placed: the gateway, the confirmation, or the payment once more.
func (s *Shop) goOn(w http.ResponseWriter, r *http.Request, placed Placed, err error) error {
	switch {
	case err != nil:
		return err
	case placed.Failed != "":
		return s.showPayment(w, r, http.StatusPaymentRequired, page.Form{Problems: []page.Problem{{Text: placed.Failed}}})
	case placed.URL != "":
		http.Redirect(w, r, placed.URL, http.StatusSeeOther) // #nosec G710 -- the gateway's address, from the gateway, or a page of this site
		return nil
	}
	http.Redirect(w, r, page.Path("orders", placed.Number, "confirmation"), http.StatusSeeOther) // #nosec G710 -- Path keeps to this site
	return nil
}

// origin is where the shop is for the browser.
func (s *Shop) origin(r *http.Request) string {
	if s.publicURL != "" {
		return s.publicURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
