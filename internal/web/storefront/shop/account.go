package shop

import (
	"context"

	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Account is the page of the buyer's company.
func (s *Shop) Account(ctx context.Context) (storefront.Account, error) {
	var a storefront.Account
	caller, err := buyer(ctx)
	if err != nil {
		return a, err
	}
	a.Buyer, _ = s.Buyer(ctx)
	people := s.query("customerUsers")
	people.Filters = []record.Filter{{Path: "customer", Operator: resource.Eq, Values: []string{caller.Customer}},
		{Path: "status", Operator: resource.Eq, Values: []string{"enabled"}}}
	people.Fields = map[string][]string{"customerUsers": {"email", "firstName", "lastName"}}
	people.Sort, people.Size = []record.Sort{{Path: "lastName"}, {Path: "email"}}, record.MaxPageSize
	var companies, colleagues, addresses []found
	err = s.read(ctx, caller, collect(s.company(caller.Customer), &companies), collect(people, &colleagues), collect(s.addresses(caller), &addresses))
	if err != nil {
		return a, err
	}
	if len(companies) > 0 {
		if a.PaymentTerm, err = companies[0].nameOf("paymentTerm"); err != nil {
			return a, err
		}
	}
	for i := range colleagues {
		p, err := decode[personRow](colleagues[i].attributes)
		if err != nil {
			return a, err
		}
		a.Colleagues = append(a.Colleagues, storefront.Colleague{Name: p.name(), Email: p.Email})
	}
	places, err := placesOf(addresses)
	if err != nil {
		return a, err
	}
	for _, p := range places {
		a.Addresses = append(a.Addresses, p.address(ctx, p.id))
	}
	standing, err := order.StandingOf(ctx, s.Pool, caller)
	if err != nil {
		return a, err
	}
	a.Group, a.OrderBlock = standing.Group, standing.OrderBlock
	if left, limited := standing.Left(); limited {
		a.CreditLimit = &page.Money{Amount: standing.Limit.Decimal, Currency: caller.Currency}
		a.CreditLeft = &page.Money{Amount: left, Currency: caller.Currency}
	}
	return a, nil
}

// company is the query for a customer with its payment term.
func (s *Shop) company(id string) *record.Query {
	q := s.query("customers")
	q.Target = resource.Ref{ID: id}
	q.Include = []string{"paymentTerm"}
	q.Fields = map[string][]string{"customers": {"number", "name", "paymentTerm"}, "paymentTerms": {"code", "name", "netDays"}}
	return q
}
