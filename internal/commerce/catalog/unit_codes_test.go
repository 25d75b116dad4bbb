package catalog_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/internal/commerce/commercetest"
)

func codes(h *commercetest.House, system string) *catalog.Codes {
	h.T.Helper()
	c, err := catalog.LoadCodes(context.Background(), h.Pool, h.Organization, system)
	if err != nil {
		h.T.Fatal(err)
	}
	return c
}

func TestUnitCodes(t *testing.T) {
	h := commercetest.New(t)
	h.Insert("unit_alias", map[string]any{"alias": "CT", "system": "SAP", "unit_id": h.Unit("XCS")})
	h.Insert("unit_alias", map[string]any{"alias": "PCS", "system": "ORACLE", "unit_id": h.Unit("PR")})
	sap := codes(h, "SAP")
	for code, want := range map[string]string{
		"C62": "C62", "PCE": "C62", "ST": "C62", "EA": "C62", "H87": "C62", "KAR": "XCT", "M": "MTR", "KG": "KGM", "L": "LTR",
		"kg": "KGM", " MTR ": "MTR", "CT": "XCS", "PCS": "C62", "FURLONG": "", "": "",
	} {
		if got, ok := sap.Unit(code); got != want || ok != (want != "") {
			t.Errorf("%q is %q (%t), want %q", code, got, ok, want)
		}
	}
	if got := sap.Back("XCS") + sap.Back("C62"); got != "CTC62" {
		t.Errorf("SAP gets back %s", got)
	}
}

// A system gets back the code that it used first.
func TestLearn(t *testing.T) {
	h := commercetest.New(t)
	for _, seen := range [][]string{{"ST", "PCE", "KG"}, {"EA", "ST", "NONSENSE"}} {
		if err := pgx.BeginFunc(context.Background(), h.Pool, func(tx pgx.Tx) error {
			return catalog.Learn(context.Background(), tx, h.Caller, "SAP", seen...)
		}); err != nil {
			t.Fatal(err)
		}
	}
	sap := codes(h, "SAP")
	if got := sap.Back("C62") + " " + sap.Back("KGM") + " " + sap.Back("LTR"); got != "ST KG LTR" {
		t.Errorf("SAP gets back %s", got)
	}
	if got := codes(h, "ORACLE").Back("C62"); got != "C62" {
		t.Errorf("another system gets back %s", got)
	}
}
