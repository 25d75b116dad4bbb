package sapsim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// Book is what SAP has on its books about an order: what was ordered, confirmed, shipped and invoiced, to the cent.
type Book struct {
	Order
	Items      []Item
	Deliveries []Delivery
	Invoices   []Invoice
}

// Item is a line of an order with what became of it.
type Item struct {
	Line
	Number            string // SAP's own of the item, "000010"; Position is the shop's
	Confirmed         decimal.Decimal
	Day               string // for which that is confirmed, yyyymmdd
	Reason            string // why nothing of it is confirmed any more
	Shipped           decimal.Decimal
	Invoiced          decimal.Decimal
	Billed, BilledTax decimal.Decimal // for that, without tax, and the tax
}

// Billed is what the invoices come to, with tax.
func (b *Book) Billed() decimal.Decimal {
	sum := decimal.Zero
	for _, i := range b.Invoices {
		sum = sum.Add(i.Total)
	}
	return sum
}

// book is a Book with what is needed to go on with it.
type book struct {
	Book
	stamp      time.Time       // of the last document about it
	freightTax decimal.Decimal // that part of the taxes which no item explains
	freightPct decimal.Decimal
	discounted decimal.Decimal // of Discount, in invoices so far
}

// newBook opens the book of a posted order: all of it is to come.
func newBook(o Order) *book {
	b := &book{Book: Book{Order: o}, freightTax: o.Tax}
	byRate := map[string]decimal.Decimal{}
	for i, l := range o.Lines {
		b.Items = append(b.Items, Item{Line: l, Number: fmt.Sprintf("%06d", (i+1)*10), Confirmed: l.Quantity})
		b.freightTax = b.freightTax.Sub(l.Tax)
		byRate[l.Percent.String()] = byRate[l.Percent.String()].Add(l.Tax)
	}
	for _, r := range o.Rates {
		if !r.Tax.Equal(byRate[r.Percent.String()]) {
			b.freightPct = r.Percent
		}
	}
	return b
}

// Book gives the book of an order by the shop's number, or SAP's.
func (s *Simulator) Book(number string) (Book, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.find(number)
	if err != nil {
		return Book{}, err
	}
	return b.copy(), nil
}

// Books are those of all orders that were posted, and of SAP's own, in that order.
func (s *Simulator) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Book, 0, len(s.books))
	for _, b := range s.books {
		all = append(all, b.copy())
	}
	return all
}

func (b *book) copy() Book {
	c := b.Book
	c.Items, c.Deliveries, c.Invoices = slices.Clone(b.Items), slices.Clone(b.Deliveries), slices.Clone(b.Invoices)
	return c
}

// find looks for a book by either number. The caller holds mu.
func (s *Simulator) find(number string) (*book, error) {
	for _, b := range s.books {
		if number != "" && (b.SalesOrder == number || b.Order.Number == number) {
			return b, nil
		}
	}
	return nil, fmt.Errorf("SAP has no order %q", number)
}

// item finds an item by its position.
func (b *book) item(position int) (*Item, error) {
	for i := range b.Items {
		if b.Items[i].position() == position {
			return &b.Items[i], nil
		}
	}
	return nil, fmt.Errorf("order %s has no position %d", b.SalesOrder, position)
}

// position is the shop's, or SAP's where the shop has none.
func (i *Item) position() int {
	text := i.Position
	if text == "" {
		text = i.Number
	}
	n, _ := strconv.Atoi(text) // both are numbers: the shop's was checked
	return n
}

// cost is what so much of an item costs: its price for the quantity, rounded once, with the tax of that.
func (i *Item) cost(quantity decimal.Decimal) (net, tax decimal.Decimal) {
	if quantity.Equal(i.Quantity) {
		return i.Net, i.Tax
	}
	whole := i.Net
	if i.Included {
		whole = whole.Add(i.Tax)
	}
	value := cents(i.Price.Mul(quantity).Div(i.Per))
	if !cents(i.Price.Mul(i.Quantity).Div(i.Per)).Equal(whole) { // priced in another unit than ordered
		value = cents(whole.Mul(quantity).Div(i.Quantity))
	}
	return i.taxed(value)
}

// open is how much of an item can still be shipped.
func (i *Item) open() decimal.Decimal { return decimal.Max(i.Confirmed.Sub(i.Shipped), decimal.Zero) }
