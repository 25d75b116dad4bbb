package order

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/money"
)

// sold draws an order as placing one writes it: amounts rounded line by line, the total their sum.
func sold(t *rapid.T) *Held {
	o := &Held{Number: "W1", Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"), TaxIncluded: rapid.Bool().Draw(t, "included")}
	digits := money.Digits(o.Currency)
	draw := func(name string, most int64, scale int32) decimal.Decimal {
		return decimal.New(rapid.Int64Range(0, most).Draw(t, name), -scale)
	}
	percents := []string{"0", "7", "19", "8.1", "2.5"}
	sum, tax := decimal.Zero, decimal.Zero
	for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
		l := HeldLine{Position: (i + 1) * 10, Quantity: draw("quantity", 100_000, 3).Add(decimal.New(1, -3)), Price: draw("price", 10_000_000, 5),
			Per: decimal.NewFromInt(rapid.SampledFrom([]int64{1, 10, 100, 1000}).Draw(t, "per")), TaxPercent: decimal.RequireFromString(rapid.SampledFrom(percents).Draw(t, "percent"))}
		l.RowTotal = money.Price{Amount: money.Of(l.Price, o.Currency), Per: l.Per}.Total(l.Quantity).Number
		if rapid.IntRange(0, 9).Draw(t, "own") == 0 { // an amount that is not quantity times price, as after a rebate
			l.RowTotal = draw("row", 1_000_000, digits)
		}
		l.Tax = o.round(l.RowTotal.Mul(l.TaxPercent).Shift(-2))
		l.Service = i > 0 && rapid.IntRange(0, 3).Draw(t, "service") == 0 // the first are goods: what is all services leaves as goods do
		o.Lines = append(o.Lines, l)
		sum, tax = sum.Add(l.RowTotal), tax.Add(l.Tax)
	}
	o.Shipping = draw("shipping", 5000, digits)
	o.ShippingTax = o.round(o.Shipping.Mul(decimal.NewFromInt(19)).Shift(-2))
	o.Discount = decimal.Min(draw("discount", 100_000, digits), sum)
	o.Total = sum.Add(o.Shipping).Sub(o.Discount)
	if !o.TaxIncluded {
		o.Total = o.Total.Add(tax).Add(o.ShippingTax)
	}
	return o
}

// part draws some of what is there, in whole thousandths, often all.
func part(t *rapid.T, name string, of decimal.Decimal) decimal.Decimal {
	if rapid.Bool().Draw(t, name+" all") {
		return of
	}
	return decimal.New(rapid.Int64Range(0, of.Shift(3).IntPart()).Draw(t, name), -3)
}

// However an order is shipped, what is due never falls nor exceeds the total, is of whole coins, and is the total to the
// cent when everything has left: what is captured step by step is in sum what was ordered.
func TestAnySplitOfShipmentsIsDueInSumTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := sold(t)
		captured := decimal.Zero
		if due, final := o.Due(); !due.Number.IsZero() || final {
			t.Fatalf("before anything has left %s is due, final %t", due, final)
		}
		for range rapid.IntRange(0, 6).Draw(t, "shipments") {
			for i := range o.Lines {
				if l := &o.Lines[i]; !l.Service {
					l.Shipped = l.Shipped.Add(part(t, "part", l.Quantity.Sub(l.Shipped)))
				}
			}
			captured = further(t, o, captured)
		}
		for i := range o.Lines {
			if !o.Lines[i].Service {
				o.Lines[i].Shipped = o.Lines[i].Quantity
			}
		}
		if due, final := o.Due(); !due.Number.Equal(o.Total) || !final {
			t.Fatalf("when everything has left %s are due of %s, final %t", due, o.Total, final)
		}
	})
}

// further is what is due now: no less than was, no more than the total, and of whole coins.
func further(t *rapid.T, o *Held, captured decimal.Decimal) decimal.Decimal {
	due, _ := o.Due()
	switch {
	case due.Number.LessThan(captured):
		t.Fatalf("%s were due and now only %s", captured, due)
	case due.Number.GreaterThan(o.Total):
		t.Fatalf("%s are due of %s", due, o.Total)
	case !due.Round().Number.Equal(due.Number):
		t.Fatalf("%s is not of whole coins", due)
	}
	return due.Number
}

// Whatever the ERP rejects, services are charged with the last parcel as if it had reported them, and what was due stays due.
func TestServicesAreDueBesideWhateverIsRejected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := sold(t)
		captured := decimal.Zero
		for i := range o.Lines {
			l := &o.Lines[i]
			if !l.Service {
				l.Shipped = part(t, "first part", l.Quantity)
			}
		}
		captured = further(t, o, captured)
		_, charged := o.Due() // a service that is rejected when it has been charged is given back
		for i := range o.Lines {
			if l := &o.Lines[i]; !(l.Service && charged) && rapid.Bool().Draw(t, "rejected") {
				l.ExternalStatus, l.Confirmed = Rejected, decimal.NewNullDecimal(part(t, "confirmed", l.Quantity))
			}
		}
		captured = further(t, o, captured)
		some := false
		for i := range o.Lines {
			l := &o.Lines[i]
			if !l.Service {
				l.Shipped = l.Wanted()
				some = some || l.Shipped.IsPositive()
			}
		}
		if !some { // what is left of the order is services, which the ERP reports as goods
			return
		}
		further(t, o, captured)
		silent, final := o.Due()
		for i := range o.Lines {
			o.Lines[i].Shipped = o.Lines[i].Wanted()
		}
		if reported, _ := o.Due(); !final || !silent.Number.Equal(reported.Number) {
			t.Fatalf("%s are due, final %t; %s where the services are reported", silent, final, reported)
		}
	})
}

// However the goods come back, what is given back for them is in sum what they cost: the total without shipping.
func TestAnySplitOfReturnsGivesBackWhatGoodsCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := sold(t)
		for i := range o.Lines {
			if !o.Lines[i].Service {
				o.Lines[i].Shipped = o.Lines[i].Quantity
			}
		}
		provided, given := o.provided(), decimal.Zero
		giveBack := func(draw func(l *HeldLine) decimal.Decimal) {
			back := map[int]decimal.Decimal{}
			for i := range o.Lines {
				back[o.Lines[i].Position] = draw(&o.Lines[i])
			}
			amount := o.worth(back).Number
			if amount.IsNegative() {
				t.Fatalf("%s are given back", amount)
			}
			given = given.Add(amount)
			for i := range o.Lines {
				o.Lines[i].Returned = o.Lines[i].Returned.Add(back[o.Lines[i].Position])
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "returns") {
			giveBack(func(l *HeldLine) decimal.Decimal { return part(t, "back", provided(l).Sub(l.Returned)) })
		}
		giveBack(func(l *HeldLine) decimal.Decimal { return provided(l).Sub(l.Returned) })
		want := o.Total.Sub(o.Shipping)
		if !o.TaxIncluded {
			want = want.Sub(o.ShippingTax)
		}
		if !given.Equal(want) {
			t.Fatalf("%s were given back of %s", given, want)
		}
	})
}

// A rejected line is not waited for: what has left is all, and costs what it costs.
func TestRejectedLinesAreNotWaitedFor(t *testing.T) {
	d := decimal.RequireFromString
	o := &Held{Currency: "EUR", Shipping: d("5.90"), ShippingTax: d("1.12"), Total: d("126.02"), Lines: []HeldLine{
		{Position: 10, Quantity: d("10"), Price: d("9"), Per: d("1"), RowTotal: d("90"), TaxPercent: d("19"), Tax: d("17.10")},
		{Position: 20, Quantity: d("1"), Price: d("10"), Per: d("1"), RowTotal: d("10"), TaxPercent: d("19"), Tax: d("1.90")}}}
	o.Lines[0].Shipped = d("4")
	if due, final := o.Due(); due.String() != "49.86 EUR" || final {
		t.Errorf("%s are due for a part, final %t", due, final)
	}
	o.Lines[0].Confirmed, o.Lines[0].ExternalStatus = decimal.NewNullDecimal(d("4")), Rejected
	o.Lines[1].Confirmed, o.Lines[1].ExternalStatus = decimal.NewNullDecimal(d("0")), Rejected
	if due, final := o.Due(); due.String() != "49.86 EUR" || !final {
		t.Errorf("%s are due where no more comes, final %t", due, final)
	}
}

// A service that goes with the goods is charged with the last of them though a line beside it is rejected; without any goods it
// is charged when the ERP reports it.
func TestServiceBesideRejectedLines(t *testing.T) {
	d := decimal.RequireFromString
	line := func(position int, net, tax string, service bool) HeldLine {
		return HeldLine{Position: position, Service: service, Quantity: d("1"), Price: d(net), Per: d("1"), RowTotal: d(net), TaxPercent: d("19"), Tax: d(tax)}
	}
	o := &Held{Currency: "EUR", Total: d("142.80"), Lines: []HeldLine{line(10, "10", "1.90", false), line(20, "10", "1.90", false), line(30, "100", "19", true)}}
	reject := func(l *HeldLine) {
		l.Confirmed, l.ExternalStatus = decimal.NewNullDecimal(decimal.Zero), Rejected
	}
	is := func(when, want string, last bool) {
		t.Helper()
		if due, final := o.Due(); due.String() != want || final != last {
			t.Errorf("%s: %s are due, final %t; want %s, final %t", when, due, final, want, last)
		}
	}
	o.Lines[0].Shipped = d("1")
	is("one of the goods has left", "11.90 EUR", false)
	reject(&o.Lines[1])
	is("the other is rejected", "130.90 EUR", true)
	if back := o.worth(map[int]decimal.Decimal{30: d("1")}); back.String() != "119.00 EUR" {
		t.Errorf("%s are given back for the service", back)
	}
	o.Lines[0].Shipped = decimal.Zero
	reject(&o.Lines[0])
	is("all goods are rejected", "0.00 EUR", false)
	o.Lines[2].Shipped = d("1")
	is("the service is reported", "119.00 EUR", true)
}
