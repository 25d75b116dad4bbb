package sapsim_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

func TestGoodOrderIsPosted(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.poll(t)
	got := s.Orders()
	if len(got) != 1 {
		t.Fatalf("%d orders", len(got))
	}
	o := got[0]
	if o.Status != sapsim.Posted || len(o.Problems)+len(o.Warnings) > 0 || len(o.SalesOrder) != 10 {
		t.Fatalf("%+v", o)
	}
	if o.Number != "H-1001" || o.Customer != "0000020001" || o.Document != "0000000000000042" || o.Currency != "EUR" ||
		!o.Total.Equal(decimal.RequireFromString("377.62")) || len(o.Lines) != 3 {
		t.Errorf("%+v", o)
	}
	if l := o.Lines[1]; l.Material != "000000000000100039" || l.Unit != "CT" || l.Quantity.String() != "2" || l.Net.String() != "324" {
		t.Errorf("line %+v", l)
	}
}

// Each row spoils the good order in one place.
func TestSpoiledOrdersAreRefused(t *testing.T) {
	s := open(t)
	for i, c := range []struct{ name, old, new, want string }{
		{"receiver", "<RCVPRN>PRDCLNT100<", "<RCVPRN>PRDCLNT200<", `RCVPRN is "PRDCLNT200"`},
		{"sender", "<SNDPRN>SHOP<", "<SNDPRN>SHOP2<", `SNDPRN is "SHOP2"`},
		{"direction", "<DIRECT>2<", "<DIRECT>1<", `DIRECT is "1"`},
		{"message", "<MESTYP>ORDERS<", "<MESTYP>ORDRSP<", `MESTYP is "ORDRSP"`},
		{"type", "<IDOCTYP>ORDERS05<", "<IDOCTYP>ORDERS04<", `IDOCTYP is "ORDERS04"`},
		{"no port", "<SNDPOR>SHOP</SNDPOR>", "", "SNDPOR is missing"},
		{"client", "<MANDT>100<", "<MANDT>200<", `MANDT is "200"`},
		{"short number", "<DOCNUM>0000000000000042<", "<DOCNUM>42<", `DOCNUM "42"`},
		{"created", "<CREDAT>20261124<", "<CREDAT>2026-11-24<", `CREDAT "2026-11-24"`},
		{"segment before", `<EDI_DC40`, `<E1EDK01 SEGMENT="1"/><EDI_DC40`, "must come once, come first"},
		{"no mark", `<E1EDK01 SEGMENT="1">`, "<E1EDK01>", `SEGMENT="1" is missing`},
		{"text between", `<E1EDK01 SEGMENT="1">`, `<E1EDK01 SEGMENT="1">hello`, "text stands between"},
		{"unknown segment", `<E1EDK02 SEGMENT="1">`, `<Z1EDK02 SEGMENT="1"/><E1EDK02 SEGMENT="1">`, "Z1EDK02: segment does not belong here"},
		{"unknown field", "<ZTERM>NT30</ZTERM>", "<ZTERMS>NT30</ZTERMS>", "there is no field ZTERMS"},
		{"field twice", "<ZTERM>NT30</ZTERM>", "<ZTERM>NT30</ZTERM><ZTERM>NT30</ZTERM>", "field ZTERM comes twice"},
		{"field too long", "<ORT01>Berlin<", "<ORT01>" + strings.Repeat("ö", 36) + "<", "ORT01 has more than 35 characters"},
		{"order of segments", "<E1EDS01 SEGMENT=\"1\"><SUMID>001</SUMID><SUMME>3</SUMME></E1EDS01>",
			`<E1EDS01 SEGMENT="1"><SUMID>001</SUMID></E1EDS01><E1EDK02 SEGMENT="1"><QUALF>044</QUALF></E1EDK02>`, "E1EDK02: segment stands behind E1EDS01"},
		{"order within an item", `<E1EDP01 SEGMENT="1"><POSEX>000010</POSEX>`, `<E1EDP01 SEGMENT="1"><POSEX>000010</POSEX><E1EDP19 SEGMENT="1"/>`,
			"E1EDP01/E1EDP20: segment stands behind E1EDP19"},
		{"currency", "<CURCY>EUR<", "<CURCY>euro<", `field CURCY has more`},
		{"lower-case currency", "<CURCY>EUR<", "<CURCY>eur<", `CURCY "eur"`},
		{"no sales organization", "<ORGID>1000<", "<ORGID>2000<", `sales organization (QUALF 008) is "2000"`},
		{"channel", "<ORGID>10<", "<ORGID>20<", `distribution channel (QUALF 007) is "20"`},
		{"no date", "<IDDAT>012<", "<IDDAT>022<", "date of the order (IDDAT 012) is missing"},
		{"bad date", "<DATUM>20261124<", "<DATUM>20261131<", `DATUM "20261131"`},
		{"delivered before", `<E1EDK05`, `<E1EDK03 SEGMENT="1"><IDDAT>002</IDDAT><DATUM>20261123</DATUM></E1EDK03><E1EDK05`, "delivery 20261123 (IDDAT 002) lies before"},
		{"unknown customer", "<PARTN>0000020001<", "<PARTN>10001<", `customer "10001" (AG) is not known`},
		{"blocked customer", "<PARTN>0000020001<", "<PARTN>0000020022<", "blocked for orders"},
		{"no ship-to", "<PARVW>WE<", "<PARVW>RE<", "ship-to party (WE) must come once and comes 0 times"},
		{"no street", "<STRAS>Obere Str. 57</STRAS>", "", "neither a customer number nor STRAS"},
		{"country by name", "<LAND1>DE<", "<LAND1>D<", `LAND1 "D"`},
		{"no order number", "<QUALF>001</QUALF><BELNR>H-1001<", "<QUALF>002</QUALF><BELNR>H-1001<", "order number (QUALF 001) is missing"},
		{"positions fall", "<POSEX>000020<", "<POSEX>000010<", `POSEX "000010"`},
		{"nothing ordered", "<MENGE>5.000<", "<MENGE>0.000<", "MENGE 0 is not above zero"},
		{"negative", "<MENGE>5.000<", "<MENGE>-5.000<", `MENGE "-5.000" is not a number`},
		{"decimal comma", "<MENGE>5.000<", "<MENGE>5,000<", `MENGE "5,000" is not a number`},
		{"too fine a quantity", "<MENGE>0.755<", "<MENGE>0.7555<", "MENGE 0.7555 has more than 3 decimals"},
		{"too fine a price", "<VPREI>9.00<", "<VPREI>9.005<", "VPREI 9.005 has more than 2 decimals"},
		{"foreign unit", "<MENEE>PCE<", "<MENEE>C62<", `MENEE "C62" is not a unit of material NW-0046`},
		{"per nothing", "<PEINH>1<", "<PEINH>0<", "PEINH 0 is not from 1"},
		{"net value", "<NETWR>45.00<", "<NETWR>45.01<", "NETWR is 45.01; 5 at 9.00 for 1 are 45.00"},
		{"rounded down", "<NETWR>2.72<", "<NETWR>2.71<", "NETWR is 2.71; 0.755 at 36.00 for 10 are 2.72"},
		{"unknown material", "<IDTNR>NW-0046<", "<IDTNR>NW-9999<", `material "NW-9999" is not known`},
		{"material without zeros", "<IDTNR>000000000000100039<", "<IDTNR>100039<", `material "100039" is not known`},
		{"discontinued material", "<IDTNR>000000000000100039<", "<IDTNR>000000000000100042<", "marked for deletion"},
		{"other EAN", "<IDTNR>2900000000391<", "<IDTNR>2900000000384<", "EAN 2900000000384 is not that"},
		{"schedule", "<WMENG>5.000<", "<WMENG>4.000<", "add up to 4, not to 5"},
		{"total", "<SUMME>377.62<", "<SUMME>371.72<", "SUMME is 371.72; items and conditions add up to 377.62"},
		{"count", "<SUMME>3<", "<SUMME>4<", "the order has 3 items"},
		{"no total", "<SUMID>002<", "<SUMID>010<", "total (SUMID 002) is missing"},
		{"freight without sign", "<ALCKZ>+<", "<ALCKZ><", "ALCKZ \"\" is neither"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.place(t, "orders_20261124T093000Z_42.xml", order(t, c.old, c.new))
			s.poll(t)
			got := s.Orders()
			if len(got) != i+1 {
				t.Fatalf("%d orders after %d files", len(got), i+1)
			}
			all := ""
			for _, p := range got[i].Problems {
				all += p.String() + "\n"
			}
			if got[i].Status == sapsim.Posted || !strings.Contains(all, c.want) {
				t.Errorf("status %q, problems:\n%swant: %s", got[i].Status, all, c.want)
			}
			if err := removeAll(s.home, "archive"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOtherTypeIsRefused(t *testing.T) {
	s := open(t)
	s.place(t, "orders_1.xml", strings.ReplaceAll(order(t), "ORDERS05", "ORDERS04"))
	s.poll(t)
	if o := s.Orders()[0]; o.Status != sapsim.Refused || o.Problems[0].Text != "the root element is ORDERS04; the port takes ORDERS05" {
		t.Errorf("%+v", o)
	}
}

func TestOtherPricesOnlyWarn(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t, "<VPREI>9.00<", "<VPREI>12.00<", "<NETWR>45.00<", "<NETWR>60.00<",
		"<SUMME>377.62<", "<SUMME>392.62<"))
	s.poll(t)
	o := s.Orders()[0]
	if o.Status != sapsim.Posted || len(o.Warnings) != 1 || o.Warnings[0].String() != "E1EDP01[1]: NETWR is 60.00; SAP's own conditions give 45.00" {
		t.Errorf("status %s, problems %v, warnings %v", o.Status, o.Problems, o.Warnings)
	}
}

// The access sequence: contract, group price, list price with its scales.
func TestSAPsOwnPrices(t *testing.T) {
	for _, c := range []struct{ name, customer, material, unit, quantity, price, net string }{
		{"contract at any quantity", "0000020001", "NW-0046", "PCE", "100", "9.00", "900.00"},
		{"group", "0000020001", "000000000000100075", "PCE", "10", "7.21", "72.10"},
		{"list below the scale", "0000020043", "NW-0040", "PCE", "9", "18.40", "165.60"},
		{"list from ten on", "0000020043", "NW-0040", "PCE", "10", "17.48", "174.80"},
		{"list from a hundred on", "0000020043", "NW-0040", "PCE", "100", "16.56", "1656.00"},
		{"not in the group", "0000020043", "000000000000100075", "PCE", "1", "7.75", "7.75"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			total := decimal.RequireFromString(c.net).Add(decimal.RequireFromString("332.62")).StringFixed(2) // the rest of the order
			s.place(t, "orders_20261124T093000Z_42.xml", order(t, "<PARTN>0000020001<", "<PARTN>"+c.customer+"<",
				"<MENGE>5.000<", "<MENGE>"+c.quantity+"<", "<WMENG>5.000<", "<WMENG>"+c.quantity+"<", "<VPREI>9.00<", "<VPREI>"+c.price+"<",
				"<NETWR>45.00<", "<NETWR>"+c.net+"<", "<IDTNR>NW-0046<", "<IDTNR>"+c.material+"<", "<SUMME>377.62<", "<SUMME>"+total+"<"))
			s.poll(t)
			o := s.Orders()[0]
			if o.Status != sapsim.Posted {
				t.Fatalf("problems %v", o.Problems)
			}
			for _, w := range o.Warnings {
				if w.At == "E1EDP01[1]" {
					t.Error(w)
				}
			}
		})
	}
}
