package shop

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
)

type cartRow struct {
	LineCount int
	Subtotal  decimal.NullDecimal
}

type cartLineRow struct {
	Quantity decimal.Decimal
	Price    *priceRow
	RowTotal decimal.NullDecimal
}

// basket is a cart as pages show it.
type basket struct {
	id       string
	lines    []storefront.CartLine
	subtotal page.Money
}

// problems are the lines' own, each with the product's name.
func (b *basket) problems() (texts []string) {
	for _, l := range b.lines {
		if l.Problem != "" {
			texts = append(texts, l.Name+": "+l.Problem)
		}
	}
	return texts
}

// Cart is the page of what is about to be ordered.
func (s *Shop) Cart(ctx context.Context) (storefront.Cart, error) {
	caller, err := buyer(ctx)
	if err != nil {
		return storefront.Cart{}, err
	}
	var carts []found
	if err := s.read(ctx, caller, collect(withLines(s.openCart(caller)), &carts)); err != nil {
		return storefront.Cart{}, err
	}
	b := basket{subtotal: page.Money{Currency: caller.Currency}}
	if len(carts) > 0 {
		if b, err = s.basket(ctx, caller, &carts[0]); err != nil {
			return storefront.Cart{}, err
		}
	}
	cart := storefront.Cart{Lines: b.lines, Subtotal: b.subtotal, Total: b.subtotal}
	if len(cart.Lines) == 0 {
		return cart, nil
	}
	standing, err := order.StandingOf(ctx, s.Pool, caller)
	if standing.OrderBlock {
		cart.Problems = append(cart.Problems, s.text(ctx, "shop.order.blocked"))
	}
	return cart, err
}

// withLines lets a query for carts bring their lines along.
func withLines(q *record.Query) *record.Query {
	q.Include = append(q.Include, "lines", "lines.product", "lines.unit", "lines.product.unit", "lines.product.units")
	q.Fields["carts"] = []string{"lineCount", "subtotal", "lines"}
	q.Fields["cartLines"] = []string{"quantity", "price", "rowTotal", "product", "unit"}
	q.Fields["products"] = []string{"sku", "name", "kind", "stock", "unit", "units"}
	q.Fields["productUnits"] = []string{"factor", "precision", "unit"}
	q.Fields["units"] = []string{"code", "name", "precision"}
	return q
}

func (s *Shop) basket(ctx context.Context, caller access.Caller, f *found) (basket, error) {
	c, err := decode[cartRow](f.attributes)
	b := basket{id: f.id, subtotal: page.Money{Amount: c.Subtotal.Decimal, Currency: caller.Currency}}
	if err != nil {
		return b, err
	}
	for _, r := range f.below("lines", f.id) {
		line, err := s.cartLine(ctx, caller, f, r)
		if err != nil {
			return b, err
		}
		b.lines = append(b.lines, line)
	}
	return b, nil
}

func (s *Shop) cartLine(ctx context.Context, caller access.Caller, f *found, r related) (storefront.CartLine, error) {
	line := storefront.CartLine{ID: r.id, Total: page.Money{Currency: caller.Currency}}
	row, err := decode[cartLineRow]([]byte(r.attributes))
	if err != nil {
		return line, err
	}
	u, err := decodeRelated[unitRow](f.one("lines.unit", r.id))
	if err != nil {
		return line, err
	}
	line.Quantity, line.Total.Amount = row.Quantity, row.RowTotal.Decimal
	line.Unit = storefront.Unit{Code: u.Code, Name: u.Name, Step: decimal.New(1, -int32(u.Precision))} // #nosec G115 -- 0 to 6
	if row.Price != nil {
		price := row.Price.price()
		line.Price = &price
	}
	product, ok := f.one("lines.product", r.id)
	if !ok { // disabled: buyers do not see it any more
		line.Name, line.Price, line.Problem = s.text(ctx, "shop.cart.gone"), nil, s.text(ctx, "shop.cart.notSold")
		return line, nil
	}
	p, err := f.product("lines.product.", product.id, []byte(product.attributes))
	if err != nil {
		return line, err
	}
	s.checkLine(ctx, &line, &p, f.packingOf(&p, product.id, r.ones["unit"], u))
	return line, nil
}

// packingOf is the unit of a line as the product is sold in it.
func (f *found) packingOf(p *productRow, product, unit string, u unitRow) packing {
	k := packing{code: u.Code, name: u.Name, precision: u.Precision}
	if base := p.base(); base.code == u.Code {
		return base
	}
	for _, pu := range f.below("lines.product.units", product) {
		if row, err := decode[productUnitRow]([]byte(pu.attributes)); err == nil && pu.ones["unit"] == unit {
			k.factor = row.Factor
			if row.Precision != nil {
				k.precision = *row.Precision
			}
		}
	}
	return k
}

// checkLine says what keeps a line from being ordered, by the rules of the order.
func (s *Shop) checkLine(ctx context.Context, line *storefront.CartLine, p *productRow, k packing) {
	line.SKU, line.Name = p.SKU, p.Name
	line.Unit.Step = decimal.New(1, -int32(k.precision)) // #nosec G115 -- 0 to 6
	line.Stock = p.stock(k)
	available, counts := p.can(k, "")
	printer := s.printer(ctx)
	switch {
	case line.Price == nil:
		line.Problem = s.text(ctx, "shop.cart.noPrice")
	case !line.Quantity.Mod(line.Unit.Step).IsZero():
		line.Problem = s.text(ctx, "shop.cart.step", printer.Quantity(line.Unit.Step))
	case counts && !available.IsPositive():
		line.Problem = s.text(ctx, "shop.cart.out")
	case counts && line.Quantity.GreaterThan(available):
		line.Problem = s.text(ctx, "shop.cart.short", printer.Quantity(available))
	}
}
