package sapsim

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Whatever lies in the out folder: SAP gives a verdict or finds that it is no IDoc, and what it answers it can read itself.
func FuzzJudge(f *testing.F) {
	good, err := os.ReadFile("testdata/order.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`<ORDERS05><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>1</DOCNUM></EDI_DC40></IDOC></ORDERS05>`))
	f.Add([]byte(`<a><b/></a>`))
	f.Add([]byte(`<!DOCTYPE x><x/>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := New(Config{Addr: "127.0.0.1:22", User: "sap", Password: "x", HostKeys: make([]ssh.PublicKey, 1)})
		if err != nil {
			t.Fatal(err)
		}
		orders := s.judge("orders_1.xml", content)
		if len(orders) == 0 {
			t.Fatal("no verdict")
		}
		audit, _, err := s.audit(orders)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			if o.Status != Posted && len(o.Problems) == 0 {
				t.Errorf("refused without a reason: %+v", o)
			}
		}
		if audit == nil {
			return
		}
		states := 0
		err = readIDocs(bytes.NewReader(audit), func(_ string, idoc *segment) error {
			states += len(idoc.first("E1ADHDR").all("E1STATE"))
			return nil
		})
		if err != nil || states == 0 {
			t.Errorf("the answer has %d states: %v\n%s", states, err, audit)
		}
	})
}
