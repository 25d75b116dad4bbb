package sap

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
)

var sentAt = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

func confirmed(message, number, key, detail string, applied bool) module.Confirmed {
	return module.Confirmed{Message: module.Message{Sender: "PRDCLNT100", Type: message, Number: number}, Key: key, Applied: applied, Detail: detail}
}

func TestConfirmation(t *testing.T) {
	rows := []module.Confirmed{
		confirmed("MATMAS", "0000000000007101", "000000000000004711", "", true),
		confirmed("MATMAS", "0000000000007102", "000000000000004712",
			"there is no unit \"ZZZ\" in this shop, so the product cannot be sold by it; add the unit, or an alias, and send the material again", false),
		confirmed("ZMATMAS_SHOP", "0000000000007103", "4713", "warning: there is no category with the key \"001\"", true),
		{Message: module.Message{Sender: "OTHER", Type: "MATMAS", Number: "1"}, Key: "x", Detail: "none of the channel's"},
	}
	var b strings.Builder
	base, ok, err := New().Confirm(&b, "MATMAS05", module.Message{Number: "0000000000000043", Time: sentAt}, rows, channel(t, nil))
	if base != "aleaud" || !ok || err != nil {
		t.Fatal(base, ok, err)
	}
	got := strings.NewReplacer("<IDOC ", "\n<IDOC ", "<E1", "\n<E1", "</IDOC>", "\n</IDOC>").Replace(b.String())
	const golden = "testdata/aleaud.xml"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestConfirmationsAreNotConfirmed(t *testing.T) {
	rows := []module.Confirmed{confirmed("ALEAUD", "1", "1", "", true)}
	other := []module.Confirmed{{Message: module.Message{Sender: "OTHER", Type: "MATMAS", Number: "1"}}}
	for kind, rows := range map[string][]module.Confirmed{"ALEAUD01": rows, "MATMAS05": other, "COND_A04": nil} {
		var b strings.Builder
		if base, ok, err := New().Confirm(&b, kind, module.Message{Number: "1"}, rows, channel(t, nil)); base != "" || ok || err != nil || b.Len() > 0 {
			t.Errorf("%s: %q %v %v, %d bytes", kind, base, ok, err, b.Len())
		}
	}
}

func TestManyConfirmationsAreSeveralIDocs(t *testing.T) {
	var rows []module.Confirmed
	for i := range 1201 {
		rows = append(rows, confirmed("DEBMAS", fmt.Sprint(i), "k", "", true))
	}
	var b strings.Builder
	if _, _, err := New().Confirm(&b, "DEBMAS07", module.Message{Number: "0000000000000043", Time: sentAt}, rows, channel(t, nil)); err != nil {
		t.Fatal(err)
	}
	r, err := idoc.NewReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		d, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(d.Control.DOCNUM, " ", len(d.First("E1ADHDR").All("E1STATE"))))
	}
	if diff := cmp.Diff([]string{"0000000000000043 500", "9000010000000043 500", "9000020000000043 201"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
