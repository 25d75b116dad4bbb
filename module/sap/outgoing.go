package sap

import (
	"context"
	"fmt"
	"io"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Outgoing implements module.DocumentWriter.
func (m *Module) Outgoing() []module.Outgoing {
	return []module.Outgoing{{
		Kind: "ORDERS05", Event: "order.placed", Extension: "xml",
		Include: []string{"customer", "lines", "lines.product", "lines.unit", "addresses", "shippingMethod", "paymentTerm"},
		Write:   m.writeOrder,
	}}
}

// writeOrder writes one order as a file of one IDoc.
func (m *Module) writeOrder(_ context.Context, w io.Writer, msg module.Message, record map[string]any, s module.Settings) error {
	set, err := parseSettings(s)
	if err != nil {
		return err
	}
	mapping, err := m.mappings.get("orders05")
	if err != nil {
		return err
	}
	currency, _ := record["currency"].(string)
	value, err := mapping.exec.Query(map[string]any{"order": record, "settings": set.tree, "digits": int64(money.Digits(currency))})
	if err == nil {
		var segments []*idoc.Segment
		if segments, err = idoc.FromValue(value); err == nil {
			return writeFile(w, "ORDERS05", idoc.IDoc{Control: set.control("ORDERS05", "ORDERS", msg.Number, msg.Time), Segments: segments})
		}
	}
	return fmt.Errorf("the mapping orders05 cannot make an IDoc of the order %v: %w", record["number"], err)
}

// writeFile writes a file of IDocs.
func writeFile(w io.Writer, root string, idocs ...idoc.IDoc) error {
	out, err := idoc.NewWriter(w, root)
	if err != nil {
		return err
	}
	for i := range idocs {
		if err := out.Write(&idocs[i]); err != nil {
			return err
		}
	}
	return out.Close()
}
