package storefront

import (
	"net/http"
)

// Home is the first page: the way into the catalogue and what the buyer
// bought lately.
type Home struct {
	Buyer      *Buyer
	Categories []CategoryLink
	Recent     []Item // products of the buyer's last orders
	Orders     []OrderSummary
	Featured   []Item // for who has bought nothing yet
}

func (s *Shop) home(w http.ResponseWriter, r *http.Request) error {
	home, err := s.Catalog.Home(r.Context())
	if err != nil {
		return err
	}
	if b, ok := s.Buyers.Buyer(r.Context()); ok {
		home.Buyer = &b
	}
	homeView.Show(s.engine, w, r, http.StatusOK, s.frame(r, ""), home)
	return nil
}
