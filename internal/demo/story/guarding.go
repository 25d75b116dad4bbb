package story

import (
	"context"
	"fmt"
	"net/url"
)

// guarding: what must not be possible is not.
func (s *Story) guarding(ctx context.Context) {
	if s.order.id == "" {
		return
	}
	s.step("Shop: another customer's order answers 404, by id and in no list", func() error {
		_, err := s.other.get(ctx, "/orders/"+s.order.id)
		if err := is(err, 404); err != nil {
			return err
		}
		list, err := s.other.list(ctx, "/orders?filter[number]="+url.QueryEscape(s.order.number))
		if err != nil {
			return err
		}
		if len(list) != 0 {
			return fmt.Errorf("the list shows %d foreign orders", len(list))
		}
		return nil
	})
	s.step("Shop: prices and totals that a client sends are refused", func() error {
		_, err := s.buyer.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"subtotal": "0.01"}}})
		return is(err, 422)
	})
	s.step("Shop: a buyer whose customer is blocked for orders cannot order", func() error { return s.blocked(ctx) })
}

func (s *Story) blocked(ctx context.Context) error {
	c := newClient(s.place.StorefrontURL)
	if err := c.session(ctx, s.plot.Blocked.Email, s.place.BuyerPass); err != nil {
		return err
	}
	cart, err := c.post(ctx, "/carts", map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{}}})
	if err != nil {
		return err
	}
	body := map[string]any{"data": map[string]any{"type": "carts", "attributes": map[string]any{"lines": []map[string]string{{"sku": s.plot.List.SKU, "quantity": "1"}}}}}
	if _, err := c.post(ctx, "/carts/"+cart.ID+"/actions/addLines", body); err != nil {
		return err
	}
	checkout, err := c.post(ctx, "/checkouts", map[string]any{"data": map[string]any{"type": "checkouts",
		"relationships": map[string]any{"cart": relation("carts", cart.ID)}}})
	if err != nil {
		return err
	}
	_, err = c.post(ctx, "/checkouts/"+checkout.ID+"/actions/place", nil)
	return is(err, 422)
}
