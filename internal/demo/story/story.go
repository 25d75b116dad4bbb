// Package story plays Acme's day against a running demo from outside, as SAP, buyer and administrator would, over SFTP and
// HTTP only, and compares what each step reads back.
package story

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/crypto/ssh"

	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/module/sap/sapsim"
)

// Place is where the demo is and how to get in, as demo.json tells it.
type Place struct {
	SFTP                             string
	HostKeys                         []string
	PartnerUser, PartnerPass         string
	BuyerEmail, BuyerPass            string
	AdminURL, StorefrontURL          string
	ShopURL, StripeAPIBase           string
	TokenURL, ClientID, ClientSecret string
	Morning                          time.Time // by which the morning files are named
}

// Story is one playing of the day.
type Story struct {
	place   Place
	out     io.Writer
	company *sample.Company
	plot    sample.Story
	sap     *sapsim.Simulator
	files   *files
	admin   *client
	buyer   *client
	other   *client
	shop    *browser

	morning    []sapsim.File
	card       placed // paid by card, shipped by FedEx
	order      placed // on payment terms
	till       *till
	country    string // where the buyer's goods go
	postalCode string
	failed     int
	total      int
}

// placed is what the story remembers of its order.
type placed struct {
	id, number                     string
	subtotal, shipping, tax, total decimal.Decimal
	lines                          []line
	paymentURL                     string
	at                             time.Time // when it stood
}

type line struct {
	sku      string
	quantity decimal.Decimal
	price    decimal.Decimal
	per      decimal.Decimal
	total    decimal.Decimal
	tax      decimal.Decimal
	weight   decimal.Decimal // of all of it, kg
}

// Play plays the day and prints a line a step. It gives how many steps failed; the rest of a chapter is left out after a
// step that the others need.
func Play(ctx context.Context, p Place, out io.Writer) (failed int, err error) {
	s := &Story{place: p, out: out}
	if s.company, err = sample.Load(); err != nil {
		return 0, err
	}
	if s.plot, err = s.company.Story(); err != nil {
		return 0, err
	}
	for _, f := range s.company.Morning(p.Morning) {
		s.morning = append(s.morning, sapsim.File{Name: f.Name, Write: f.Write})
	}
	if err := s.connect(); err != nil {
		return 0, err
	}
	defer s.close()
	chapters := []func(context.Context){s.dawn, s.stranger, s.shopping, s.byCard, s.delivering, s.onAccount, s.answering, s.own, s.guarding}
	for _, chapter := range chapters {
		chapter(ctx)
	}
	fmt.Fprintf(out, "\n%d steps, %d ok, %d failed\n", s.total, s.total-s.failed, s.failed)
	return s.failed, nil
}

func (s *Story) connect() error {
	keys := make([]ssh.PublicKey, 0, len(s.place.HostKeys))
	for _, text := range s.place.HostKeys {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
		if err != nil {
			return fmt.Errorf("reading the server's host key: %w", err)
		}
		keys = append(keys, key)
	}
	var err error
	s.sap, err = sapsim.New(sapsim.Config{Addr: s.place.SFTP, User: s.place.PartnerUser, Password: s.place.PartnerPass, HostKeys: keys,
		Interval: 200 * time.Millisecond})
	if err != nil {
		return err
	}
	if err := s.sap.Learn(s.morning...); err != nil {
		return err
	}
	if s.files, err = openFiles(s.place, keys); err != nil {
		return err
	}
	s.till, s.shop = newTill(s.place.StripeAPIBase), newBrowser(s.place.ShopURL)
	s.admin, s.buyer, s.other = newClient(s.place.AdminURL), newClient(s.place.StorefrontURL), newClient(s.place.StorefrontURL)
	return nil
}

func (s *Story) close() {
	_ = s.sap.Close()
	s.files.close()
}

// step runs one step and prints what came of it.
func (s *Story) step(what string, f func() error) bool {
	start := time.Now()
	err := f()
	s.total++
	verdict := "ok"
	if err != nil {
		verdict = "FAIL  " + err.Error()
		s.failed++
	}
	fmt.Fprintf(s.out, "%-74s %7.0f ms  %s\n", what, float64(time.Since(start).Microseconds())/1000, verdict)
	return err == nil
}

// eventually tries until the deadline; the last error counts.
func eventually(ctx context.Context, within time.Duration, f func() error) error {
	deadline := time.Now().Add(within)
	for {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// equal compares what was read with what it should be.
func equal(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s is %q, expected %q", what, got, want)
	}
	return nil
}

// same compares decimals by value.
func same(what, got string, want decimal.Decimal) error {
	d, err := decimal.NewFromString(got)
	if err != nil || !d.Equal(want) {
		return fmt.Errorf("%s is %q, expected %s", what, got, want)
	}
	return nil
}

// all gives the first error.
func all(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
