package sapsim_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

func removeAll(home, folder string) error {
	entries, err := os.ReadDir(filepath.Join(home, folder))
	for _, e := range entries {
		if err == nil {
			err = os.Remove(filepath.Join(home, folder, e.Name()))
		}
	}
	return err
}

func TestMorningIsDroppedWhole(t *testing.T) {
	s := open(t)
	files := morning(t)
	if err := s.Drop(t.Context(), files...); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, f := range files {
		want = append(want, f.Name)
		var b strings.Builder
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if s.read(t, "in", f.Name) != b.String() {
			t.Errorf("%s arrived otherwise than it was written", f.Name)
		}
	}
	slices.Sort(want)
	if got := s.files(t, "in"); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestNameTakenTwiceIsAnError(t *testing.T) {
	s := open(t)
	files := morning(t)[:1]
	if err := s.Drop(t.Context(), files...); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(t.Context(), files...); err == nil {
		t.Error("the second file of the name was dropped without an error")
	}
}

func TestAnswerOfSAP(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.place(t, "orders_20261124T093001Z_43.xml", order(t, "0000000000000042", "0000000000000043", "<BELNR>H-1001<", "<BELNR>H-1002<",
		"<IDTNR>NW-0046<", "<IDTNR>NW-9999<"))
	s.place(t, "invoices_20261124T093001Z_44.xml", "not SAP's business here")
	s.poll(t)
	orders := s.Orders()
	answers := s.files(t, "in")
	if len(orders) != 2 || len(answers) != 2 || !slices.Equal(s.files(t, "out"), []string{"invoices_20261124T093001Z_44.xml"}) ||
		!slices.Equal(s.files(t, "archive"), []string{"orders_20261124T093000Z_42.xml", "orders_20261124T093001Z_43.xml"}) {
		t.Fatalf("orders %v, in/ %v, out/ %v, archive/ %v", orders, answers, s.files(t, "out"), s.files(t, "archive"))
	}
	golden(t, "posted.xml", s.read(t, "in", orders[0].Answer))
	golden(t, "refused.xml", s.read(t, "in", orders[1].Answer))
	if want := "aleaud_20261124T060000Z_"; !strings.HasPrefix(orders[0].Answer, want) || !strings.HasSuffix(orders[0].Answer, ".xml") {
		t.Errorf("the answer is named %s", orders[0].Answer)
	}
}

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
	}
}

func TestSecondOrderOfANumberIsRefused(t *testing.T) {
	s := open(t)
	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	s.place(t, "orders_20261124T093001Z_43.xml", order(t, "0000000000000042", "0000000000000043"))
	s.place(t, "orders_20261124T093002Z_42.xml", order(t, "<BELNR>H-1001<", "<BELNR>H-1002<"))
	s.poll(t)
	o := s.Orders()
	if o[0].Status != sapsim.Posted || o[1].Status != sapsim.Refused || o[2].Status != sapsim.Refused ||
		!strings.Contains(o[1].Problems[0].Text, "order H-1001 was posted before as sales order "+o[0].SalesOrder) ||
		!strings.Contains(o[2].Problems[0].Text, "document number 0000000000000042 came before") {
		t.Errorf("%+v", o)
	}
}

func TestFileThatIsNoIDocGetsNoAnswer(t *testing.T) {
	s := open(t)
	for name, content := range map[string]string{
		"orders_1.xml": "", "orders_2.xml": order(t)[:900], "orders_3.xml": "<ORDERS05/>",
		"orders_4.xml": `<!DOCTYPE ORDERS05 [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + order(t, `<?xml version="1.0" encoding="UTF-8"?>`, ""),
	} {
		s.place(t, name, content)
	}
	s.poll(t)
	for _, o := range s.Orders() {
		if o.Status != "" || len(o.Problems) != 1 {
			t.Errorf("%+v", o)
		}
	}
	if len(s.Orders()) != 4 || len(s.files(t, "in")) != 0 || len(s.files(t, "archive")) != 4 {
		t.Errorf("%d orders, in/ %v, archive/ %v", len(s.Orders()), s.files(t, "in"), s.files(t, "archive"))
	}
}

func TestConfirmations(t *testing.T) {
	s := open(t)
	const control = `<EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><DOCNUM>0000000000000077</DOCNUM><DIRECT>2</DIRECT><IDOCTYP>ALEAUD01</IDOCTYP><MESTYP>ALEAUD</MESTYP><SNDPRT>LS</SNDPRT><SNDPRN>SHOP</SNDPRN><RCVPRT>LS</RCVPRT><RCVPRN>PRDCLNT100</RCVPRN></EDI_DC40>`
	customers := "" // the first document number of the customers' file
	for _, f := range morning(t) {
		if name, ok := strings.CutPrefix(f.Name, "debmas_"); ok {
			customers = strings.TrimSuffix(name[strings.LastIndexByte(name, '_')+1:], ".xml")
		}
	}
	s.place(t, "aleaud_20261124T060500Z_77.xml", `<ALEAUD01><IDOC BEGIN="1">`+control+`<E1ADHDR SEGMENT="1"><MESTYP>DEBMAS</MESTYP>`+
		`<E1STATE SEGMENT="1"><DOCNUM>`+customers+`</DOCNUM><STATUS>53</STATUS><STATXT>Customer &amp;1 created</STATXT><STAPA1_LNG>0000020001</STAPA1_LNG></E1STATE>`+
		`<E1STATE SEGMENT="1"><DOCNUM>0000000000000001</DOCNUM><STATUS>51</STATUS><STATXT>nobody &amp; knows</STATXT><STAPA1>here</STAPA1></E1STATE>`+
		`</E1ADHDR></IDOC></ALEAUD01>`)
	s.place(t, "aleaud_20261124T060501Z_78.xml", "<ALEAUD01>")
	s.poll(t)
	got := s.Confirmations()
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	if c := got[0]; c.Message != "DEBMAS" || c.Document != customers || c.Status != "53" || c.Text != "Customer 0000020001 created" || c.Problem != "" {
		t.Errorf("%+v", c)
	}
	if c := got[1]; c.Text != "nobody here knows" || c.Problem != `SAP never sent a DEBMAS with the number "0000000000000001"` {
		t.Errorf("%+v", c)
	}
	if c := got[2]; c.Problem == "" || c.File != "aleaud_20261124T060501Z_78.xml" {
		t.Errorf("%+v", c)
	}
}

// Run keeps pulling through an outage of the server.
func TestRunOutlivesTheServer(t *testing.T) {
	disk, keys := t.TempDir(), sftp.FolderKeys{Dir: t.TempDir()}
	first := &shop{}
	first.serve(t, disk, keys, "127.0.0.1:0")
	s := open(t, func(c *sapsim.Config) { c.Addr, c.HostKeys = first.addr, []ssh.PublicKey{first.key} })
	s.home = first.home
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()

	s.place(t, "orders_20261124T093000Z_42.xml", order(t))
	if o, err := s.Await(ctx, "H-1001"); err != nil || o.Status != sapsim.Posted {
		t.Fatal(o, err)
	}
	first.stop()
	again := &shop{}
	again.serve(t, disk, keys, first.addr)
	s.place(t, "orders_20261124T093001Z_43.xml", order(t, "0000000000000042", "0000000000000043", "<BELNR>H-1001<", "<BELNR>H-1002<"))
	if o, err := s.Await(ctx, "H-1002"); err != nil || o.Status != sapsim.Posted {
		t.Fatal(o, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWrongHostKeyIsRefused(t *testing.T) {
	other := &shop{}
	other.serve(t, t.TempDir(), sftp.FolderKeys{Dir: t.TempDir()}, "127.0.0.1:0")
	s := open(t, func(c *sapsim.Config) { c.HostKeys = []ssh.PublicKey{other.key} })
	if err := s.Poll(t.Context()); err == nil || !strings.Contains(err.Error(), "host key") {
		t.Errorf("got %v", err)
	}
}

func TestConfigWantsHostKeyAndLogin(t *testing.T) {
	for _, cfg := range []sapsim.Config{
		{}, {Addr: "127.0.0.1:22", User: "sap", Password: "x"}, {Addr: "127.0.0.1:22", User: "sap", HostKeys: make([]ssh.PublicKey, 1)},
	} {
		if _, err := sapsim.New(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}
