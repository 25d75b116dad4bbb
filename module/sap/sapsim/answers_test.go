package sapsim_test

import (
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/module/sap"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// command is what a document of SAP's asks the shop to do.
type command struct {
	File, On, Name, External string
	Target                   []string
	Input                    struct {
		Number, DocumentTime, ExternalStatus, Carrier, TrackingNumber, Weight, Net, TaxTotal, Total string
		Lines                                                                                       []struct {
			Position                            int
			Quantity, Date, Net, TaxTotal, Name string
		}
	}
}

// asked reads the files that SAP dropped as the shop does, and forgets them.
func (s *shop) asked(t *testing.T) (all []command) {
	t.Helper()
	settings, err := module.ParseSettings(sap.Settings(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.files(t, "in") {
		text := s.read(t, "in", name)
		for _, in := range sap.New().Incoming() {
			if !strings.Contains(text, "<"+in.Root+">") || in.Root == "ALEAUD01" {
				continue
			}
			docs, err := in.Open(t.Context(), content(text), settings)
			if err != nil {
				t.Fatal(name, err)
			}
			d, err := docs.Next(t.Context())
			if err != nil || len(d.Notices) > 0 || len(d.Commands) != 1 {
				t.Fatalf("%s: %v %+v\n%s", name, err, d, text)
			}
			b, err := json.Marshal(d.Commands[0])
			if err != nil {
				t.Fatal(err)
			}
			c := command{File: name}
			if err := json.Unmarshal(b, &c); err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
	}
	if err := removeAll(s.home, "in"); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b command) int { return strings.Compare(stamp(a.File), stamp(b.File)) })
	return all
}

type content string

func (c content) Name() string { return "in.xml" }
func (c content) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(c))), nil
}

// stamp is the time in a name: <type>_<time>_<seq>_<docnum>.xml.
func stamp(name string) string { return strings.Split(filepath.Base(name), "_")[1] }

func quantity(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// From the order to the last invoice, as the shop understands it.
func TestOrderIsConfirmedShippedAndInvoiced(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t, taxed()...))
	s.poll(t)
	ctx := t.Context()
	if _, err := s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 10, Quantity: quantity("4"), Day: "20261201"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Confirm(ctx, "H-1001"); err != nil {
		t.Fatal(err)
	}
	part, err := s.Ship(ctx, "H-1001", []string{"794600000017", "794600000024"}, sapsim.Portion{Position: 10, Quantity: quantity("2")}, sapsim.Portion{Position: 30, Quantity: quantity("0.5")})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Invoice(ctx, part.Number)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := s.Ship(ctx, "H-1001", nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Invoice(ctx, rest.Number)
	if err != nil {
		t.Fatal(err)
	}
	got := s.asked(t)
	if len(got) != 6 {
		t.Fatalf("%+v", got)
	}
	b, err := s.Book("H-1001")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got {
		if c.External != b.SalesOrder || !slices.Equal(c.Target, []string{"H-1001"}) || c.On != "orders" {
			t.Errorf("%d is about %q, %v", i, c.External, c.Target)
		}
		if i > 0 && c.Input.DocumentTime <= got[i-1].Input.DocumentTime {
			t.Errorf("%s is not later than %s", c.File, got[i-1].File)
		}
	}
	if c := got[0].Input; c.ExternalStatus != "partlyConfirmed" || c.Lines[0].Quantity != "4" || c.Lines[0].Date != "2026-12-01" || c.Lines[1].Date != "2026-11-26" {
		t.Errorf("%+v", c)
	}
	if c := got[1].Input; c.ExternalStatus != "confirmed" || c.Number != b.SalesOrder || len(c.Lines) != 3 || c.Lines[2].Quantity != "0.755" {
		t.Errorf("%+v", c)
	}
	if c := got[2].Input; c.Number != part.Number || c.TrackingNumber != "794600000017" || len(c.Lines) != 2 || c.Lines[1].Position != 30 || c.Lines[1].Quantity != "0.5" {
		t.Errorf("%+v", c)
	}
	// 2 x 9.00 + 19 %, 0.5 at 36.00 for 10 with 7 % in it, the whole freight of 5.90 + 19 %.
	if c := got[3].Input; c.Total != "30.24" || c.Net != "25.58" || c.TaxTotal != "4.66" || len(c.Lines) != 3 || c.Lines[2].Name != "Freight" || c.Lines[2].TaxTotal != "1.12" ||
		first.Total.String() != c.Total {
		t.Errorf("%+v", c)
	}
	if c := got[5].Input; c.Number != second.Number || quantity(c.Total).Add(first.Total).String() != "409.97" || len(c.Lines) != 3 {
		t.Errorf("%+v", c)
	}
	if b.Billed().String() != "409.97" || len(b.Deliveries) != 2 || b.Deliveries[0].Invoice != first.Number || !b.Items[1].Shipped.Equal(b.Items[1].Quantity) {
		t.Errorf("%+v", b)
	}
}

func TestSAPDoesNotShipOrInvoiceTwice(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.poll(t)
	ctx := t.Context()
	ship := func(position int, q string) error {
		_, err := s.Ship(ctx, "H-1001", nil, sapsim.Portion{Position: position, Quantity: quantity(q)})
		return err
	}
	if _, err := s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 20, Reason: "Out of stock"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		position int
		quantity string
		want     string
	}{{10, "6", "position 10: 6 cannot be shipped; 5 are open"}, {20, "1", "0 are open"}, {40, "1", "no position 40"}, {10, "0", "cannot be shipped"}} {
		if err := ship(c.position, c.quantity); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	open, err := s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 10})
	if text := s.read(t, "in", open.File); err != nil || !strings.Contains(text, "<WMENG>0.000</WMENG>") || strings.Contains(text, "ABGRU") {
		t.Errorf("an item without stock is not just open: %v\n%s", err, text)
	}
	if err := ship(10, "1"); err == nil || !strings.Contains(err.Error(), "0 are open") {
		t.Errorf("what is not confirmed was shipped: %v", err)
	}
	if _, err := s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 20, Reason: "Out of stock"}); err != nil {
		t.Fatal(err)
	}
	d, err := s.Ship(ctx, "H-1001", nil)
	if err != nil || len(d.Portions) != 2 {
		t.Fatal(d, err)
	}
	if _, err := s.Ship(ctx, "H-1001", nil); err == nil || !strings.Contains(err.Error(), "nothing is open") {
		t.Error(err)
	}
	if _, err := s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 10, Quantity: quantity("1")}); err == nil || !strings.Contains(err.Error(), "5 shipped") {
		t.Error(err)
	}
	if _, err := s.Invoice(ctx, d.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invoice(ctx, d.Number); err == nil || !strings.Contains(err.Error(), "invoiced already") {
		t.Error(err)
	}
	if _, err := s.Invoice(ctx, "1"); err == nil {
		t.Error("an unknown delivery was invoiced")
	}
	if _, err := s.Confirm(ctx, "H-9"); err == nil {
		t.Error("an unknown order was confirmed")
	}
}

// The same again, and what is older than what came before it.
func TestDocumentsComeAgainAndLate(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.poll(t)
	ctx := t.Context()
	first, err := s.Confirm(ctx, "H-1001")
	if err != nil {
		t.Fatal(err)
	}
	text := s.read(t, "in", first.File)
	if _, err = s.Confirm(ctx, "H-1001", sapsim.Schedule{Position: 10, Quantity: quantity("1")}); err != nil {
		t.Fatal(err)
	}
	again, err := s.Resend(ctx, first.Number)
	if err != nil || again.Number != first.Number || again.File == first.File || s.read(t, "in", again.File) != text {
		t.Errorf("%+v %v", again, err)
	}
	late, err := s.Late(ctx, first.Number)
	if err != nil || late.Number == first.Number || !late.Made.Equal(first.Made) {
		t.Errorf("%+v %v", late, err)
	}
	got := s.asked(t)
	if len(got) != 4 || got[3].Input.DocumentTime >= got[1].Input.DocumentTime || got[3].Input.Lines[0].Quantity != "5" {
		t.Errorf("%+v", got)
	}
	if _, err := s.Resend(ctx, "1"); err == nil {
		t.Error("an unknown document was sent again")
	}
	if n := len(s.Documents()); n != 4 {
		t.Errorf("%d documents", n)
	}
}

// What the shop says of an answer, SAP accepts, for it has sent it.
func TestVerdictOnAnAnswer(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.poll(t)
	d, err := s.Confirm(t.Context(), "H-1001")
	if err != nil {
		t.Fatal(err)
	}
	s.place(t, "aleaud_20261124T060500Z_77.xml", `<ALEAUD01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><DOCNUM>0000000000000077</DOCNUM><DIRECT>2</DIRECT>`+
		`<IDOCTYP>ALEAUD01</IDOCTYP><MESTYP>ALEAUD</MESTYP><SNDPRT>LS</SNDPRT><SNDPRN>SHOP</SNDPRN><RCVPRT>LS</RCVPRT><RCVPRN>PRDCLNT100</RCVPRN></EDI_DC40>`+
		`<E1ADHDR SEGMENT="1"><MESTYP>ORDRSP</MESTYP><E1STATE SEGMENT="1"><DOCNUM>`+d.Number+`</DOCNUM><STATUS>53</STATUS><STATXT>H-1001 imported</STATXT></E1STATE></E1ADHDR></IDOC></ALEAUD01>`)
	s.poll(t)
	if c, err := s.Verdict(t.Context(), d.Number); err != nil || c.Status != "53" || c.Problem != "" || c.Message != "ORDRSP" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestOrderOfSAPsOwn(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	o, err := s.OwnOrder(ctx, "0000020001", sapsim.OwnLine{Material: "NW-0046", Text: "Spegesild", Quantity: quantity("3"), Price: quantity("9"), Percent: quantity("19")},
		sapsim.OwnLine{Text: "Assembly on site", Quantity: quantity("1"), Price: quantity("50"), Percent: quantity("19")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Confirm(ctx, o.SalesOrder); err != nil {
		t.Fatal(err)
	}
	d, err := s.Ship(ctx, o.SalesOrder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invoice(ctx, d.Number); err != nil {
		t.Fatal(err)
	}
	got := s.asked(t)
	if len(got) != 4 || got[0].On != "customers" || got[0].Name != "importOrder" || got[0].External != "0000020001" || got[0].Input.Total != "91.63" || got[0].Input.Number != o.SalesOrder {
		t.Fatalf("%+v", got)
	}
	for _, c := range got[1:] {
		if c.External != o.SalesOrder || len(c.Input.Lines) != 2 || c.Input.Lines[1].Position != 20 {
			t.Errorf("%+v", c)
		}
	}
	for _, c := range []struct {
		customer string
		line     sapsim.OwnLine
	}{{"1", sapsim.OwnLine{Quantity: quantity("1")}}, {"0000020022", sapsim.OwnLine{Quantity: quantity("1")}}, {"0000020001", sapsim.OwnLine{Material: "X", Quantity: quantity("1")}},
		{"0000020001", sapsim.OwnLine{Material: "NW-0046", Unit: "KGM", Quantity: quantity("1")}}, {"0000020001", sapsim.OwnLine{}}} {
		if _, err := s.OwnOrder(ctx, c.customer, c.line); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// Left to its routine, SAP takes care of an order to the end, and of no more orders than it should.
func TestRoutine(t *testing.T) {
	now := today
	s := open(t, func(c *sapsim.Config) {
		c.Clock = func() time.Time { return now }
		c.Routine = sapsim.Routine{Pause: 5 * time.Second, Most: 1}
	})
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.place(t, "orders_20261124T093001Z_43.xml", order(t, "0000000000000042", "0000000000000043", "<BELNR>H-1001<", "<BELNR>H-1002<"))
	var names []string
	for range 4 {
		s.poll(t)
		for _, c := range s.asked(t) {
			names = append(names, c.Name)
		}
		now = now.Add(5 * time.Second)
	}
	if want := []string{"confirm", "ship", "invoice", "ship", "invoice"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	b, err := s.Book("H-1001")
	if err != nil || !b.Billed().Equal(b.Gross) || b.Deliveries[0].Portions[0].Quantity.String() != "3" {
		t.Errorf("%+v %v", b, err)
	}
}
