package sapsim_test

import (
	"strings"
	"testing"

	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// taxed are the changes by which the template's order bears tax: on top of two prices, within the third, and on its freight.
func taxed() []string {
	return []string{
		`<E1EDK05`, `<E1EDK04 SEGMENT="1"><MSATZ>19.000</MSATZ><MWSBT>9.67</MWSBT></E1EDK04>` +
			`<E1EDK04 SEGMENT="1"><MSATZ>7.000</MSATZ><MWSBT>22.86</MWSBT></E1EDK04><E1EDK05`,
		`<NETWR>45.00</NETWR>`, `<NETWR>45.00</NETWR><E1EDP04 SEGMENT="1"><MSATZ>19.000</MSATZ><MWSBT>8.55</MWSBT></E1EDP04>`,
		`<NETWR>324.00</NETWR>`, `<NETWR>324.00</NETWR><E1EDP04 SEGMENT="1"><MSATZ>7.000</MSATZ><MWSBT>22.68</MWSBT></E1EDP04>`,
		`<NETWR>2.72</NETWR>`, `<NETWR>2.54</NETWR><E1EDP04 SEGMENT="1"><MSATZ>7.000</MSATZ><MWSBT>0.18</MWSBT></E1EDP04>` +
			`<E1EDP05 SEGMENT="1"><ALCKZ>+</ALCKZ><KSCHL>PR01</KSCHL><BETRG>2.72</BETRG><KRATE>36.00</KRATE><UPRBS>10</UPRBS></E1EDP05>`,
		`<SUMME>377.62</SUMME><SUNIT>EUR</SUNIT></E1EDS01>`, `<SUMME>377.44</SUMME><SUNIT>EUR</SUNIT></E1EDS01>` +
			`<E1EDS01 SEGMENT="1"><SUMID>003</SUMID><SUMME>409.97</SUMME></E1EDS01><E1EDS01 SEGMENT="1"><SUMID>005</SUMID><SUMME>32.53</SUMME></E1EDS01>`,
	}
}

func TestTaxIsRecomputed(t *testing.T) {
	s := open(t)
	o := s.Judge("orders.xml", []byte(order(t, taxed()...)))[0]
	if o.Status != sapsim.Posted || len(o.Warnings) > 0 || o.Gross.String() != "409.97" || o.Tax.String() != "32.53" {
		t.Fatalf("%+v", o)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"tax of an item", "<MWSBT>8.55<", "<MWSBT>8.56<", "E1EDP01[1]/E1EDP04: MWSBT is 8.56; 19 % of 45.00 are 8.55"},
		{"rate of an item", "<MSATZ>19.000</MSATZ><MWSBT>8.55<", "<MSATZ>7.000</MSATZ><MWSBT>8.55<", "7 % of 45.00 are 3.15"},
		{"tax within a price", "<MWSBT>0.18<", "<MWSBT>0.19<", "7 % of 2.72 are 0.18"},
		{"net of a price with tax", "<NETWR>2.54<", "<NETWR>2.72<", "for 10 are 2.54"},
		{"gross price", "<BETRG>2.72<", "<BETRG>2.73<", `BETRG is "2.73"`},
		{"other price", "<KRATE>36.00<", "<KRATE>36.10<", `KRATE is "36.10"; VPREI of the item is "36.00"`},
		{"tax of the head", "<MWSBT>9.67<", "<MWSBT>9.69<", "freight of 5.90 does not explain the rest"},
		{"tax without freight", "<MWSBT>22.86<", "<MWSBT>22.96<", "MWSBT is 22.96 at 7 %; the items have 22.86"},
		{"rate twice", "<MSATZ>7.000</MSATZ><MWSBT>22.86<", "<MSATZ>19.000</MSATZ><MWSBT>22.86<", "comes twice"},
		{"sum of taxes", "<SUMME>32.53<", "<SUMME>32.54<", "SUMID 005 is 32.54; the tax comes to 32.53"},
		{"gross value", "<SUMME>409.97<", "<SUMME>377.44<", "SUMID 003 is 377.44; the gross value comes to 409.97"},
		{"no gross value", "<SUMID>003<", "<SUMID>009<", "gross value (SUMID 003) of an order with tax is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := append(taxed(), c.old, c.new, "0000000000000042", "0000000000000043", "<BELNR>H-1001<", "<BELNR>H-1002<")
			o := s.Judge("orders.xml", []byte(order(t, changes...)))[0]
			all := ""
			for _, p := range o.Problems {
				all += p.String() + "\n"
			}
			if o.Status == sapsim.Posted || !strings.Contains(all, c.want) {
				t.Errorf("status %q, problems:\n%swant: %s", o.Status, all, c.want)
			}
		})
	}
}
