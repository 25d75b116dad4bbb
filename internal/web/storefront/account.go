package storefront

import (
	"context"
	"net/http"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Accounts tell a buyer what the shop knows of his company.
type Accounts interface {
	Account(ctx context.Context) (Account, error)
}

// Account is the page of the buyer's company.
type Account struct {
	Buyer       Buyer
	Group       string // customer group
	PaymentTerm string
	CreditLimit *page.Money
	CreditLeft  *page.Money
	OrderBlock  bool
	Addresses   []Address
	Colleagues  []Colleague
}

// Colleague is another user of the same company.
type Colleague struct{ Name, Email, Role string }

func (s *Shop) account(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Account.Account(r.Context())
	if err != nil {
		return err
	}
	title := s.text(r, "account.title")
	accountView.Show(s.engine, w, r, http.StatusOK, s.frame(r, title, page.Trail(s.text(r, "home.crumb"), "/", title)...), a)
	return nil
}
