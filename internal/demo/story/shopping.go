package story

import (
	"context"
	"fmt"
	"net/url"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
)

// shopping: a buyer logs in and sees his own prices and the stock.
func (s *Story) shopping(ctx context.Context) {
	if !s.step("Shop: the buyer logs in, on the page and by the API", func() error {
		return all(s.buyer.session(ctx, s.place.BuyerEmail, s.place.BuyerPass), s.shop.login(ctx, s.place.BuyerEmail, s.place.BuyerPass))
	}) {
		return
	}
	s.step("Shop: another customer's buyer logs in", func() error {
		return s.other.session(ctx, s.plot.Stranger.Email, s.place.BuyerPass)
	})
	for _, see := range []struct {
		what  string
		offer sample.Offer
	}{
		{"contract price (product by CSV)", s.plot.ContractCSV}, {"contract price (product by IDoc)", s.plot.ContractIDoc},
		{"price of his group", s.plot.Group}, {"list price with its tiers", s.plot.List}, {"price per several kilograms", s.plot.Kilograms},
	} {
		s.step("Shop: the buyer sees his "+see.what+" and the stock", func() error { return s.offer(ctx, s.buyer, see.offer, see.offer.Price) })
	}
	s.step("Shop: the other customer sees the list price of the same product", func() error {
		return s.offer(ctx, s.other, s.plot.ContractCSV, s.plot.ContractCSV.ListPrice)
	})
	s.step("Shop: a discontinued product does not exist", func() error {
		_, err := s.buyer.get(ctx, "/products/key:"+url.PathEscape(s.plot.Discontinued))
		return is(err, 404)
	})
}

func (s *Story) offer(ctx context.Context, c *client, o sample.Offer, want decimal.Decimal) error {
	p, err := c.get(ctx, "/products/key:"+url.PathEscape(o.SKU))
	if err != nil {
		return err
	}
	price, _ := p.Attributes["price"].(map[string]any)
	what := o.SKU + ": "
	if err := all(same(what+"price", fmt.Sprint(price["amount"]), want), same(what+"per", fmt.Sprint(price["per"]), o.Per),
		equal(what+"currency", fmt.Sprint(price["currency"]), sample.Currency)); err != nil {
		return err
	}
	if want.Equal(o.Price) && o.HasTiers {
		if err := tiers(p, o); err != nil {
			return err
		}
	}
	return available(p, o.Available)
}

// tiers compares the steps of the price with those of the list.
func tiers(p object, o sample.Offer) error {
	prices, _ := p.Attributes["prices"].([]any)
	if len(prices) != len(o.Tiers)+1 {
		return fmt.Errorf("%s has %d steps, expected %d", o.SKU, len(prices), len(o.Tiers)+1)
	}
	for i, t := range o.Tiers {
		step, _ := prices[i+1].(map[string]any)
		if err := all(same(o.SKU+": quantity of a step", fmt.Sprint(step["minQuantity"]), t.From),
			same(o.SKU+": price of a step", fmt.Sprint(step["amount"]), t.Amount)); err != nil {
			return err
		}
	}
	return nil
}

func available(p object, want decimal.Decimal) error {
	sum := decimal.Zero
	stock, _ := p.Attributes["stock"].([]any)
	for _, s := range stock {
		level, _ := s.(map[string]any)
		n, err := decimal.NewFromString(fmt.Sprint(level["available"]))
		if err != nil {
			return fmt.Errorf("the stock shows %v", level)
		}
		sum = sum.Add(n)
	}
	if !sum.Equal(want) {
		return fmt.Errorf("%s are available, expected %s", sum, want)
	}
	return nil
}

// is expects an answer of that status.
func is(err error, code int) error {
	s, ok := err.(*status) //nolint:errorlint // do returns it as it is
	if !ok || s.code != code {
		return fmt.Errorf("the answer is %v, expected status %d", err, code)
	}
	return nil
}
