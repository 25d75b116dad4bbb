package dispatch

import (
	"context"
	"io"

	"github.com/hanse-commerce/hanse/format/csv"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

var orderColumns = []string{"order_number", "po_number", "placed_at", "customer", "currency", "requested_date", "shipping_method", "shipping_total",
	"total", "line", "sku", "name", "quantity", "unit", "price", "per", "row_total"}

// csv lays out an order as CSV, one row a line, for partners that ask for it.
func (s *Service) csv(ctx context.Context, p *intake.Partner, t *resource.Type, id string) error {
	tree, err := s.tree(ctx, p, t, id, []string{"customer", "shippingMethod", "lines", "lines.unit"})
	if err != nil {
		return err
	}
	return s.lay(ctx, document{partner: p, kind: "orders.csv", base: "orders", ext: "csv", record: id, recordOf: t.Name,
		write: func(w io.Writer, _ module.Message) error { return writeOrder(w, tree) }})
}

func writeOrder(w io.Writer, order map[string]any) error {
	out := csv.NewWriter(w, csv.WriterOptions{})
	if err := out.Write(orderColumns...); err != nil {
		return err
	}
	head := []string{text(order, "number"), text(order, "poNumber"), text(order, "placedAt"), text(order, "customer", "number"), text(order, "currency"),
		text(order, "requestedDate"), text(order, "shippingMethod", "code"), text(order, "shippingTotal"), text(order, "total")}
	lines, _ := order["lines"].([]any)
	for _, l := range lines {
		line, _ := l.(map[string]any)
		cells := append(head[:len(head):len(head)], text(line, "position"), text(line, "sku"), text(line, "name"), text(line, "quantity"),
			text(line, "unit", "code"), text(line, "price"), text(line, "per"), text(line, "rowTotal"))
		if err := out.Write(cells...); err != nil {
			return err
		}
	}
	return out.Flush()
}

// text is the value at a path of a tree, "" if there is none.
func text(tree map[string]any, path ...string) string {
	for i, name := range path {
		switch v := tree[name].(type) {
		case map[string]any:
			tree = v
		case string:
			return v
		case interface{ String() string }:
			return v.String()
		default:
			return ""
		}
		if i == len(path)-1 {
			return ""
		}
	}
	return ""
}
