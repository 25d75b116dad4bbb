package tax

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hanse-commerce/hanse/money"
)

// Part is an amount that was split: a line, the shipping, or all that bears one rate.
type Part struct {
	Rate
	Net, Tax, Gross money.Amount
}

// Part is what Split gives, with the rate.
func (r Rate) Part(amount money.Amount, included bool) Part {
	p := Part{Rate: r}
	p.Net, p.Tax, p.Gross = r.Split(amount, included)
	return p
}

func (p Part) add(o Part) (_ Part, err error) {
	for _, sum := range []struct {
		to *money.Amount
		of money.Amount
	}{{&p.Net, o.Net}, {&p.Tax, o.Tax}, {&p.Gross, o.Gross}} {
		if *sum.to, err = sum.to.Add(sum.of); err != nil {
			return p, fmt.Errorf("add up taxes: %w", err)
		}
	}
	return p, nil
}

// Summarize adds parts up by rate, the highest first. It adds what has been rounded, so its sums are those of the parts.
// Parts of two currencies are an error.
func Summarize(parts ...Part) ([]Part, error) {
	var rates []Part
	for _, p := range parts {
		at := slices.IndexFunc(rates, func(r Part) bool { return r.Percent.Equal(p.Percent) && r.Name == p.Name })
		if at < 0 {
			rates = append(rates, p)
			continue
		}
		var err error
		if rates[at], err = rates[at].add(p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(rates, func(a, b Part) int { return cmp.Or(b.Percent.Cmp(a.Percent), cmp.Compare(a.Name, b.Name)) })
	return rates, nil
}

// Sum adds parts up, whatever their rates; its own rate is none.
func Sum(parts ...Part) (total Part, err error) {
	for _, p := range parts {
		if total, err = total.add(p); err != nil {
			return Part{}, err
		}
	}
	return total, nil
}
