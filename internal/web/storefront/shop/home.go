package shop

import (
	"context"
	"slices"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

const (
	homeOrders   = 3
	homeItems    = 8
	homeFeatured = 12
)

// Home is the first page: what the buyer's company bought lately, or some of the catalogue.
func (s *Shop) Home(ctx context.Context) (storefront.Home, error) {
	var home storefront.Home
	caller, err := visitor(ctx)
	if err != nil {
		return home, err
	}
	if home.Categories, err = s.TopCategories(ctx); err != nil {
		return home, err
	}
	var bought []string
	if caller.CustomerUser != "" {
		if home.Orders, bought, err = s.latest(ctx, caller); err != nil {
			return home, err
		}
	}
	q := s.query("products")
	q.Size, q.Sort = homeFeatured, []record.Sort{{Path: "name"}, {Path: "sku"}}
	if len(bought) > 0 {
		q.Filters = []record.Filter{{Path: "id", Operator: resource.In, Values: bought}}
	}
	offer(q, "", offerFields(caller.CustomerUser != ""))
	var products []found
	if err := s.read(ctx, caller, collect(q, &products)); err != nil {
		return home, err
	}
	if len(bought) == 0 {
		home.Featured, err = s.items(ctx, caller, products)
		return home, err
	}
	slices.SortFunc(products, func(a, b found) int { return slices.Index(bought, a.id) - slices.Index(bought, b.id) })
	home.Recent, err = s.items(ctx, caller, products)
	return home, err
}

// latest are the company's latest orders and the ids of what was bought by them.
func (s *Shop) latest(ctx context.Context, caller access.Caller) (list []storefront.OrderSummary, bought []string, err error) {
	q := s.orderList()
	q.Size = homeOrders
	q.Include = append(q.Include, "lines")
	q.Fields["orders"] = append(q.Fields["orders"], "lines")
	q.Fields["orderLines"] = []string{"product"}
	var orders []found
	if err := s.read(ctx, caller, collect(q, &orders)); err != nil {
		return nil, nil, err
	}
	for i := range orders {
		summary, err := orders[i].summary(caller)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, summary)
		for _, line := range orders[i].below("lines", orders[i].id) {
			if id := line.ones["product"]; id != "" && len(bought) < homeItems && !slices.Contains(bought, id) {
				bought = append(bought, id)
			}
		}
	}
	return list, bought, nil
}
