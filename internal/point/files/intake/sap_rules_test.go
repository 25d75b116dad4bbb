package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/internal/exchange"
)

// message is a file of IDocs with the given contents, numbered from no on.
func message(root, mestyp string, no int, contents ...string) string {
	var b strings.Builder
	b.WriteString("<" + root + ">")
	for i, c := range contents {
		fmt.Fprintf(&b, `<IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>%016d</DOCNUM><MESTYP>%s</MESTYP><SNDPRN>PRDCLNT100</SNDPRN><RCVPRN>SHOP</RCVPRN></EDI_DC40>%s</IDOC>`, no+i, mestyp, c)
	}
	return b.String() + "</" + root + ">"
}

// segment is a segment of fields, written as "KUNNR=1 NAME1=A", with segments below it.
func segment(name, fields string, below ...string) string {
	var b strings.Builder
	b.WriteString("<" + name + ` SEGMENT="1">`)
	for _, f := range strings.Fields(fields) {
		n, v, _ := strings.Cut(f, "=")
		b.WriteString("<" + n + ">" + strings.ReplaceAll(v, "_", " ") + "</" + n + ">")
	}
	return b.String() + strings.Join(below, "") + "</" + name + ">"
}

func material(fields string, below ...string) string { return segment("E1MARAM", fields, below...) }
func debtor(fields string, below ...string) string   { return segment("E1KNA1M", fields, below...) }

func condition(key, validity, price string, scales ...string) string {
	return segment("E1KOMG", "KVEWE=A KAPPL=V KSCHL=PR00 VKORG=1000 VTWEG=10 "+key, segment("E1KONH", validity, segment("E1KONP", "KONWA=EUR "+price, scales...)))
}

func TestPartialChangeBlanksNothing(t *testing.T) {
	h := newSAPHouse(t)
	area := segment("E1KNVVM", "VKORG=1000 VTWEG=10 SPART=00 KDGRP=01 WAERS=EUR")
	h.done(message("DEBMAS07", "DEBMAS", 1, debtor("MSGFN=005 KUNNR=0010 NAME1=Old STRAS=Street_1 ORT01=Town LAND1=DE TELF1=1 STCEG=DE1 AUFSD=01", area)), "1 1 0 0 0")
	h.done(message("DEBMAS07", "DEBMAS", 2, debtor("MSGFN=004 KUNNR=0010 NAME1=New TELF1=")), "1 0 1 0 0")
	h.want(h.rows("SELECT number, name, phone, tax_number, order_block, currency, (SELECT code FROM customer_group g WHERE g.id = group_id) FROM customer"),
		"0010 New - DE1 true EUR 01")
	h.want(h.rows("SELECT company, street FROM customer_address"), "Old Street 1")
	h.done(message("DEBMAS07", "DEBMAS", 3, debtor("MSGFN=005 KUNNR=0010 NAME1=New STRAS=Street_2 ORT01=Town LAND1=DE", area)), "1 0 1 0 0")
	h.want(h.rows("SELECT number, name, phone, tax_number, order_block FROM customer"), "0010 New - - false")
	h.want(h.rows("SELECT company, street FROM customer_address"), "New Street 2")

	carton, pallet := segment("E1MARMM", "MEINH=CT UMREZ=24 UMREN=1"), segment("E1MARMM", "MEINH=PAL UMREZ=240 UMREN=1")
	units := "SELECT u.code, trim_scale(factor)::text FROM product_unit JOIN unit u ON u.id = unit_id ORDER BY factor"
	name := segment("E1MAKTM", "SPRAS_ISO=EN MAKTX=Rod")
	h.done(message("MATMAS05", "MATMAS", 4, material("MSGFN=005 MATNR=A MEINS=PCE EAN11=4006381333931", carton, pallet, name)), "1 1 0 0 0")
	h.done(message("MATMAS05", "MATMAS", 5, material("MSGFN=004 MATNR=A", segment("E1MARMM", "MEINH=CT UMREZ=12 UMREN=1"), segment("E1MAKTM", "SPRAS_ISO=DE MAKTX=Stange"))), "1 0 1 0 0")
	h.want(h.rows(units), "XCT 12", "XPX 240")
	h.want(h.rows("SELECT name::text, gtin, status FROM product"), `{"de": "Stange", "en": "Rod"} 4006381333931 enabled`)
	h.done(message("MATMAS05", "MATMAS", 6, material("MSGFN=004 MATNR=A", segment("E1MARMM", "MSGFN=003 MEINH=PAL"))), "1 0 1 0 0")
	h.want(h.rows(units), "XCT 12")
	h.done(message("MATMAS05", "MATMAS", 7, material("MSGFN=005 MATNR=A MEINS=PCE", pallet, name)), "1 0 1 0 0")
	h.want(h.rows(units), "XPX 240")
}

func TestDeletionDisables(t *testing.T) {
	h := newSAPHouse(t)
	h.done(message("MATMAS05", "MATMAS", 1, material("MSGFN=005 MATNR=A MEINS=PCE"), material("MSGFN=005 MATNR=B MEINS=PCE LVORM=X")), "2 2 0 0 0")
	h.done(message("MATMAS05", "MATMAS", 3, material("MSGFN=003 MATNR=A"), material("MSGFN=004 MATNR=B LVORM=")), "2 0 2 0 0")
	h.want(h.rows("SELECT sku, status FROM product ORDER BY 1"), "A disabled", "B enabled")
	h.done(message("DEBMAS07", "DEBMAS", 5, debtor("MSGFN=005 KUNNR=1 NAME1=A"), debtor("MSGFN=005 KUNNR=2 NAME1=B LOEVM=X")), "2 2 0 0 0")
	h.done(message("DEBMAS07", "DEBMAS", 7, debtor("MSGFN=003 KUNNR=1")), "1 0 1 0 0")
	h.want(h.rows("SELECT number, status FROM customer ORDER BY 1"), "1 disabled", "2 disabled")
	p := h.process("in.xml", message("DEBMAS07", "DEBMAS", 8, debtor("MSGFN=023 KUNNR=3 NAME1=C"), debtor("MSGFN=003 KUNNR=4")))
	if p.Status != exchange.PartlyDone || p.counts() != "2 0 0 1 1" {
		t.Error(p.Status, p.counts(), p.lines)
	}
}

func TestPricesGoToTheirLists(t *testing.T) {
	h := newSAPHouse(t)
	h.done(message("MATMAS05", "MATMAS", 1, material("MSGFN=005 MATNR=A MEINS=PCE"), material("MSGFN=005 MATNR=B MEINS=MTR")), "2 2 0 0 0")
	h.done(message("DEBMAS07", "DEBMAS", 3, debtor("MSGFN=005 KUNNR=10 NAME1=A")), "1 1 0 0 0")
	always := "DATAB=20260101 DATBI=99991231"
	h.done(message("COND_A04", "COND_A", 10,
		condition("MATNR=A", always, "KBETR=9.00 KPEIN=1 KMEIN=PCE"),
		condition("MATNR=A KDGRP=07", always, "KBETR=8.00 KPEIN=1 KMEIN=PCE"),
		condition("MATNR=A KUNNR=10", always, "KBETR=750.00 KPEIN=100 KMEIN=PCE", segment("E1KONM", "KSTBM=50.000 KBETR=700.00")),
		condition("MATNR=B", always, "KBETR=2.00 KPEIN=1 KMEIN=MTR"),
		condition("MATNR=B KUNNR=10", always, "KBETR=1.50 KPEIN=1 KMEIN=MTR")), "5 5 0 0 0")
	prices := `SELECT l.code, p.sku, trim_scale(min_quantity)::text, trim_scale(amount)::text, trim_scale(per)::text FROM price
		JOIN price_list l ON l.id = price_list_id JOIN product p ON p.id = product_id ORDER BY 1, 2, min_quantity`
	h.want(h.rows(prices), "SAP A 0 9 1", "SAP B 0 2 1", "SAP-C-10 A 0 750 100", "SAP-C-10 A 50 700 100", "SAP-C-10 B 0 1.5 1", "SAP-G-07 A 0 8 1")
	h.want(h.rows(`SELECT l.code, w.code, g.code, g.name, c.number FROM price_list_assignment a JOIN price_list l ON l.id = a.price_list_id
		LEFT JOIN website w ON w.id = website_id LEFT JOIN customer_group g ON g.id = customer_group_id LEFT JOIN customer c ON c.id = customer_id
		WHERE l.code LIKE 'SAP%' ORDER BY 1`), "SAP acme - - -", "SAP-C-10 - - - 10", "SAP-G-07 - 07 07 -")

	p := h.process("in.xml", message("COND_A04", "COND_A", 20,
		condition("MATNR=A KUNNR=99", always, "KBETR=1.00 KPEIN=1 KMEIN=PCE"),
		condition("MATNR=Z", always, "KBETR=1.00 KPEIN=1 KMEIN=PCE"),
		condition("MATNR=A", always, "KBETR=5.00- KPEIN=1 KMEIN=PCE"),
		condition("MATNR=A", always, "KBETR=5.00 KPEIN=1 KMEIN=QQQ"),
		condition("MATNR=A", always, "KBETR=9.00 KPEIN=1 KMEIN=PCE")))
	if p.Status != exchange.PartlyDone || p.counts() != "5 0 0 1 4" {
		t.Error(p.Status, p.counts(), p.lines)
	}
	h.want(h.rows(prices), "SAP A 0 9 1", "SAP B 0 2 1", "SAP-C-10 A 0 750 100", "SAP-C-10 A 50 700 100", "SAP-C-10 B 0 1.5 1", "SAP-G-07 A 0 8 1")
}

// A condition record is all there is of its price for its time.
func TestConditionsMakeRoom(t *testing.T) {
	h := newSAPHouse(t)
	h.done(message("MATMAS05", "MATMAS", 1, material("MSGFN=005 MATNR=A MEINS=PCE")), "1 1 0 0 0")
	prices := `SELECT trim_scale(min_quantity)::text, trim_scale(amount)::text, coalesce(valid_from::text, '-'), coalesce(valid_until::text, '-')
		FROM price ORDER BY valid_from, min_quantity`
	tens := segment("E1KONM", "KSTBM=10 KBETR=8.00")
	h.done(message("COND_A04", "COND_A", 2, condition("MATNR=A", "DATAB=20260101 DATBI=99991231", "KBETR=9.00 KPEIN=1 KMEIN=PCE", tens)), "1 1 0 0 0")
	h.done(message("COND_A04", "COND_A", 3, condition("MATNR=A", "DATAB=20260701 DATBI=99991231", "KBETR=10.00 KPEIN=1 KMEIN=PCE")), "1 1 0 0 0")
	h.want(h.rows(prices), "0 9 2026-01-01 2026-06-30", "10 8 2026-01-01 2026-06-30", "0 10 2026-07-01 -")
	h.done(message("COND_A04", "COND_A", 4, condition("MATNR=A", "DATAB=20260101 DATBI=20260630", "KBETR=9.00 KPEIN=1 KMEIN=PCE")), "1 0 1 0 0")
	h.want(h.rows(prices), "0 9 2026-01-01 2026-06-30", "0 10 2026-07-01 -")
	h.done(message("COND_A04", "COND_A", 5, condition("MATNR=A", "DATAB=20260101 DATBI=20260630", "KBETR=9.00 KPEIN=1 KMEIN=PCE LOEVM_KO=X"),
		condition("MATNR=A", "DATAB=20250101 DATBI=20250630", "KBETR=9.00 KPEIN=1 KMEIN=PCE LOEVM_KO=X")), "2 0 1 1 0")
	h.want(h.rows(prices), "0 10 2026-07-01 -")
	h.done(message("COND_A04", "COND_A", 7, condition("MATNR=A", "DATAB=20260801 DATBI=99991231", "KBETR=11.00 KPEIN=1 KMEIN=PCE"),
		condition("MATNR=A", "DATAB=20260901 DATBI=20260930", "KBETR=12.00 KPEIN=1 KMEIN=PCE")), "2 2 0 0 0") // the later one meets the earlier
	h.want(h.rows(prices), "0 10 2026-07-01 2026-07-31", "0 11 2026-08-01 2026-08-31", "0 12 2026-09-01 2026-09-30", "0 11 2026-10-01 -")
}

func TestStockIsInTheProductsUnit(t *testing.T) {
	h := newSAPHouse(t)
	h.done(message("MATMAS05", "MATMAS", 1, material("MSGFN=005 MATNR=A MEINS=PCE"), material("MSGFN=005 MATNR=B MEINS=KGM")), "2 2 0 0 0")
	stock := func(fields string) string { return segment("E1MDSTL", fields) }
	h.done(message("LOISTD01", "LOISTD", 3, stock("MATNR=A WERKS=1000 LABST=100.000"), stock("MATNR=B WERKS=1000 LABST=2.500"), stock("MATNR=A WERKS=2000 LABST=7.000")), "3 3 0 0 0")
	levels := `SELECT w.code, w.name, p.sku, u.code, trim_scale(on_hand)::text FROM inventory_level JOIN warehouse w ON w.id = warehouse_id
		JOIN product p ON p.id = product_id JOIN unit u ON u.id = inventory_level.unit_id ORDER BY 1, 3`
	h.want(h.rows(levels), "1000 1000 A C62 100", "1000 1000 B KGM 2.5", "2000 2000 A C62 7")
	p := h.process("in.xml", message("LOISTD01", "LOISTD", 6, stock("MATNR=A WERKS=1000 LABST=100.000"), stock("MATNR=Z WERKS=1000 LABST=1.000")))
	if p.Status != exchange.PartlyDone || p.counts() != "2 0 0 1 1" || !strings.Contains(p.lines, `There is no product ""Z""`) {
		t.Error(p.Status, p.counts(), p.lines)
	}
}

func TestOtherSystemsAndOtherAreas(t *testing.T) {
	h := newSAPHouse(t)
	p := h.process("in.xml", strings.ReplaceAll(message("MATMAS05", "MATMAS", 1, material("MSGFN=005 MATNR=A MEINS=PCE")), "PRDCLNT100", "TSTCLNT200"))
	if p.Status != exchange.PartlyDone || p.counts() != "1 0 0 0 1" || !strings.Contains(p.lines, "TSTCLNT200") {
		t.Error(p.Status, p.counts(), p.lines)
	}
	p = h.done(message("DEBMAS07", "DEBMAS", 2, debtor("MSGFN=005 KUNNR=1 NAME1=A STRAS=S ORT01=O LAND1=DE", segment("E1KNVVM", "VKORG=2000 VTWEG=10 SPART=00 KDGRP=01 AUFSD=01"))), "1 1 0 0 0")
	h.want(p.issues, "warning other_sales_area Data of the sales area 2000/10/00 is left out; the channel is set to 1000/10/00. 1")
	h.want(h.rows("SELECT number, order_block, group_id FROM customer"), "1 false -")
	p = h.process("in.xml", "<MATMAS05><IDOC><E1MARAM/></IDOC></MATMAS05>")
	if p.Status != exchange.Refused || p.Reason.Code != "idoc_control_missing" {
		t.Error(p.Status, p.Reason)
	}
	h.done("<MATMAS05/>", "0 0 0 0 0")
}
