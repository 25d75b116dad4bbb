package shipping_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/internal/commerce/shipping"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Whatever a carrier says, what is offered can be stored and shown, and the rest is as if it had said nothing.
func TestNonsense(t *testing.T) {
	p := newDepot(t)
	p.carrier("x", "/quick")
	p.Exec("UPDATE shipping_method SET status = 'disabled'")
	long := strings.Repeat("ü", 300)
	good := module.Rate{Service: "GOOD", Name: "Good", Amount: money.Of(d("5"), "EUR"), Days: 2}
	rate := func(change func(*module.Rate)) module.Rate { r := good; change(&r); return r }
	many := []module.Rate{}
	for i := range 80 {
		many = append(many, rate(func(r *module.Rate) { r.Service = fmt.Sprint(i) }))
	}
	for _, c := range []struct {
		name  string
		rates []module.Rate
		want  []string
	}{
		{"below zero", []module.Rate{rate(func(r *module.Rate) { r.Amount.Number = d("-1") })}, []string{"x:LATER ? later"}},
		{"more than there is", []module.Rate{rate(func(r *module.Rate) { r.Amount.Number = d("1e30") }), good}, []string{"x:GOOD 5 live"}},
		{"no currency", []module.Rate{rate(func(r *module.Rate) { r.Amount.Currency = "" })}, []string{"x:LATER ? later"}},
		{"a code that cannot be read", []module.Rate{rate(func(r *module.Rate) { r.Service = "\x00" }), good}, []string{"x:GOOD 5 live"}},
		{"a code without an end", []module.Rate{rate(func(r *module.Rate) { r.Service = long })}, []string{"x:LATER ? later"}},
		{"no code", []module.Rate{rate(func(r *module.Rate) { r.Service = "" })}, []string{"x 5 live"}},
		{"the same twice", []module.Rate{good, rate(func(r *module.Rate) { r.Amount.Number = d("6") })}, []string{"x:GOOD 5 live"}},
		{"a name of no text", []module.Rate{rate(func(r *module.Rate) { r.Name = long + "\x00\xff"; r.Days = 1e9; r.Arrives = time.Unix(1e15, 0) })},
			[]string{"x:GOOD 5 live"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.desk.Carriers = carriers(func(context.Context) ([]module.Rate, error) { return c.rates, nil })
			p.Exec("DELETE FROM shipping_rate")
			for _, from := range []string{"the carrier", "the cache"} {
				offers := p.offers(p.consignment("1"))
				if diff := cmp.Diff(c.want, say(offers)); diff != "" {
					t.Errorf("%s: %s", from, diff)
				}
				for _, o := range offers {
					if len([]rune(o.Name)) > 200 || strings.Contains(o.Name, "\x00") || !utf8.ValidString(o.Name) || o.Days > 365 || o.Arrives.Year() > 9999 {
						t.Errorf("%+v", o)
					}
				}
			}
		})
	}
	p.desk.Carriers = carriers(func(context.Context) ([]module.Rate, error) { return many, nil })
	p.Exec("DELETE FROM shipping_rate")
	if offers := p.offers(p.consignment("1")); len(offers) != 50 || offers[49].Kind != shipping.Live {
		t.Errorf("%d services are offered", len(offers))
	}
}
