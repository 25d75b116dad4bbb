package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/internal/web/storefront"
	"github.com/hanse-commerce/hanse/resource"
)

// Product is the page of one product.
func (s *Shop) Product(ctx context.Context, sku string) (storefront.Product, error) {
	var page storefront.Product
	caller, err := visitor(ctx)
	if err != nil {
		return page, err
	}
	q := s.query("products")
	q.Target = resource.ByKey(sku)
	offer(q, "", append(offerFields(caller.CustomerUser != ""), "description", "gtin", "brand", "manufacturerNumber", "weight", "attributes", "category"))
	q.Include = append(q.Include, "category", "category.parent", "category.parent.parent")
	q.Fields["categories"] = []string{"code", "name", "parent"}
	var products, warehouses []found
	if err := s.read(ctx, caller, collect(q, &products), collect(s.warehouses(), &warehouses)); err != nil {
		return page, err
	}
	if len(products) == 0 {
		return page, storefront.ErrNotFound
	}
	return s.productPage(ctx, &products[0], warehouses)
}

func (s *Shop) warehouses() *record.Query {
	q := s.query("warehouses")
	q.Fields = map[string][]string{"warehouses": {"code", "name"}}
	q.Sort, q.Size = []record.Sort{{Path: "priority", Descending: true}, {Path: "code"}}, record.MaxPageSize
	return q
}

func (s *Shop) productPage(ctx context.Context, f *found, warehouses []found) (storefront.Product, error) {
	p, err := f.product("", f.id, f.attributes)
	if err != nil {
		return storefront.Product{}, err
	}
	printer := s.printer(ctx)
	shown := storefront.Product{SKU: p.SKU, Name: p.Name, Description: p.Description, GTIN: p.GTIN, Units: p.units(printer)}
	k := p.base()
	if p.Price != nil {
		k = p.packing(p.Price.Unit)
	}
	shown.Stock = p.stock(k)
	shown.Attributes = s.attributes(ctx, &p)
	if shown.Category, shown.Parents, err = categoriesOf(f); err != nil {
		return shown, err
	}
	for i := range warehouses {
		w, err := decode[struct{ Code, Name string }](warehouses[i].attributes)
		if err != nil {
			return shown, err
		}
		if !slices.ContainsFunc(p.Stock, func(r stockRow) bool { return r.Warehouse == w.Code }) {
			continue
		}
		available, ok := p.can(k, w.Code)
		shown.Warehouses = append(shown.Warehouses, storefront.WarehouseStock{Code: w.Code, Name: w.Name, Stock: stockState(available, ok, k)})
	}
	return shown, nil
}

func categoriesOf(f *found) (own *storefront.CategoryLink, parents []storefront.CategoryLink, err error) {
	from := f.id
	for _, path := range []string{"category", "category.parent", "category.parent.parent"} {
		r, ok := f.one(path, from)
		if !ok {
			break
		}
		c, err := decode[categoryRow]([]byte(r.attributes))
		if err != nil {
			return nil, nil, err
		}
		if link := c.link(); path == "category" {
			own = &link
		} else {
			parents = append([]storefront.CategoryLink{link}, parents...)
		}
		from = r.id
	}
	return own, parents, nil
}

// attributes are the product's further properties, those with names of ours first. What is no plain value is left out.
func (s *Shop) attributes(ctx context.Context, p *productRow) []storefront.Attribute {
	var list []storefront.Attribute
	add := func(name, value string) {
		if value != "" {
			list = append(list, storefront.Attribute{Name: name, Value: value})
		}
	}
	add(s.text(ctx, "shop.product.brand"), p.Brand)
	add(s.text(ctx, "shop.product.manufacturerNumber"), p.ManufacturerNumber)
	if p.Weight != nil {
		add(s.text(ctx, "shop.product.weight"), s.printer(ctx).Quantity(*p.Weight)+"\u00a0kg")
	}
	var free map[string]any
	d := json.NewDecoder(bytes.NewReader(p.Attributes))
	d.UseNumber()
	if d.Decode(&free) != nil {
		return list
	}
	names := make([]string, 0, len(free))
	for name := range free {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(name, plain(free[name], page.LanguageOf(ctx).String()))
	}
	return list
}

// plain is a free value as people read it: a text, a number, yes or no by itself, of texts by language the reader's.
func plain(value any, language string) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number, bool:
		return fmt.Sprint(v)
	case map[string]any:
		for _, tag := range []string{language, resource.DefaultLanguage} {
			if text, ok := v[tag].(string); ok {
				return text
			}
		}
	case []any:
		var parts []string
		for _, part := range v {
			if text := plain(part, language); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}
