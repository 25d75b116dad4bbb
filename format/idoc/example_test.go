package idoc_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hanse-commerce/hanse/format/idoc"
)

const material = `<MATMAS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>0000000000007101</DOCNUM></EDI_DC40>
<E1MARAM SEGMENT="1"><MATNR>000000000000004711</MATNR><LVORM/>
<E1MAKTM SEGMENT="1"><SPRAS_ISO>DE</SPRAS_ISO><MAKTX>Gewindestange</MAKTX></E1MAKTM></E1MARAM></IDOC></MATMAS05>`

// First the whole file is verified, then each IDoc is used.
func Example() {
	summary, err := idoc.Verify(strings.NewReader(material))
	if err != nil {
		fmt.Println("the whole file is refused:", err)
		return
	}
	fmt.Println(summary.Root, summary.IDocs)
	r, err := idoc.NewReader(strings.NewReader(material))
	for err == nil {
		var d *idoc.IDoc
		if d, err = r.Next(); err != nil {
			break
		}
		m := d.First("E1MARAM")
		_, cleared := m.Get("LVORM")
		_, sent := m.Get("MATKL")
		fmt.Println(d.Control.DOCNUM, m.Text("MATNR"), m.First("E1MAKTM").Text("MAKTX"), cleared, sent)
	}
	fmt.Println(err == io.EOF)
	// Output:
	// MATMAS05 1
	// 0000000000007101 000000000000004711 Gewindestange true false
	// true
}

// What a mapping puts out becomes an IDoc in the same order.
func ExampleFromValue() {
	segments, err := idoc.FromValue([]any{
		map[string]any{"segment": "E1EDK01", "fields": []any{[]any{"CURCY", "EUR"}}},
		map[string]any{"segment": "E1EDP01", "fields": []any{[]any{"POSEX", "000010"}, []any{"MENGE", "2.500"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	w, err := idoc.NewWriter(os.Stdout, "ORDERS05")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Write(&idoc.IDoc{Control: idoc.Control{MESTYP: "ORDERS"}, Segments: segments}); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <ORDERS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><MESTYP>ORDERS</MESTYP></EDI_DC40><E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY></E1EDK01><E1EDP01 SEGMENT="1"><POSEX>000010</POSEX><MENGE>2.500</MENGE></E1EDP01></IDOC>
	// </ORDERS05>
}
