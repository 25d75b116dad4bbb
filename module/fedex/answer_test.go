package fedex

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

func quote(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/quote.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// line is a rate in one line.
func written(rates []module.Rate) (lines []string) {
	for _, r := range rates {
		line := fmt.Sprintf("%s: %s: %s, %d days", r.Service, r.Name, r.Amount, r.Days)
		if !r.Arrives.IsZero() {
			line += ", " + r.Arrives.Format(time.RFC3339)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestWhichRatesAreTaken(t *testing.T) {
	const priority, economy = "FEDEX_INTERNATIONAL_PRIORITY: FedEx International Priority®: ", "INTERNATIONAL_ECONOMY: FedEx international economy: "
	const twoDay = "FEDEX_2_DAY: FedEx 2Day®: "
	const inTwo, inFive = ", 2 days, 2026-11-26T12:00:00Z", ", 5 days, 2026-12-01T18:00:00Z"
	for name, c := range map[string]struct {
		wish    wish
		want    []string
		foreign []string
	}{
		"of the account": {wish{rateType: "ACCOUNT", currency: "EUR"}, []string{economy + "65.70 EUR" + inFive, priority + "83.39 EUR" + inTwo},
			[]string{"CAD", "GBP", "USD"}},
		"of the list": {wish{rateType: "LIST", currency: "EUR"}, []string{"FEDEX_REGIONAL_ECONOMY: FedEx Regional Economy®: 50.54 EUR, 0 days",
			priority + "119.13 EUR" + inTwo}, []string{"CAD", "CHF", "USD"}},
		"of the account, converted": {wish{rateType: "ACCOUNT", currency: "USD"}, []string{priority + "91.74 USD" + inTwo}, []string{"CAD", "EUR", "GBP"}},
		"of the list, converted":    {wish{rateType: "LIST", currency: "USD"}, []string{priority + "131.04 USD" + inTwo}, []string{"CAD", "CHF", "EUR"}},
		"packages know the account": {wish{rateType: "ACCOUNT", currency: "CAD"}, []string{twoDay + "31.03 CAD, 0 days"}, []string{"EUR", "GBP", "USD"}},
		"packages know the list":    {wish{rateType: "LIST", currency: "CAD"}, []string{twoDay + "36.38 CAD, 0 days"}, []string{"CHF", "EUR", "USD"}},
		"no tariff named":           {wish{rateType: "ACCOUNT", currency: "GBP"}, []string{economy + "55.85 GBP" + inFive}, []string{"CAD", "EUR", "USD"}},
		"beside the other tariff":   {wish{rateType: "ACCOUNT", currency: "CHF"}, nil, []string{"CAD", "EUR", "GBP", "USD"}},
		"any currency":              {wish{rateType: "ACCOUNT"}, []string{twoDay + "31.03 CAD, 0 days", economy + "65.70 EUR" + inFive, priority + "83.39 EUR" + inTwo}, nil},
		"no such currency":          {wish{rateType: "ACCOUNT", currency: "PLN"}, nil, []string{"CAD", "EUR", "GBP", "USD"}},
		"one service": {wish{rateType: "ACCOUNT", currency: "EUR", services: []string{"INTERNATIONAL_ECONOMY", "FEDEX_NOT_DAY"}},
			[]string{economy + "65.70 EUR" + inFive}, []string{"GBP"}},
		"handling": {wish{rateType: "ACCOUNT", currency: "EUR", handling: decimal.RequireFromString("2.5")},
			[]string{economy + "67.34 EUR" + inFive, priority + "85.47 EUR" + inTwo}, []string{"CAD", "GBP", "USD"}},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := readAnswer(quote(t), c.wish)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, written(read.rates)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(c.foreign, read.foreign); diff != "" {
				t.Errorf("foreign: -want +got\n%s", diff)
			}
		})
	}
}

func TestStrangePartsAreNamed(t *testing.T) {
	read, err := readAnswer(quote(t), wish{rateType: "ACCOUNT", currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"EUROPE_FIRST", "FEDEX_NEXT_DAY", "FEDEX_FREIGHT", "unnamed"}, read.strange); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(read.alerts) != 2 {
		t.Errorf("the alerts are %v", read.alerts)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for body, none := range map[string]bool{
		"": false, "null": false, "[]": false, "{}": false, `{"output":null}`: false, `{"output":[]}`: false, `{"output":{"rateReplyDetails":{}}}`: false,
		`{"output":{"rateReplyDetails":[`: false, "<html>": false,
		`{"output":{}}`: true, `{"output":{"rateReplyDetails":[]}}`: true, `{"output":{"alerts":7,"rateReplyDetails":null}}`: true,
	} {
		read, err := readAnswer([]byte(body), wish{rateType: "ACCOUNT"})
		var e *module.Error
		switch {
		case none && (err != nil || len(read.rates) > 0):
			t.Errorf("%s: %v", body, err)
		case !none && (!errors.As(err, &e) || e.Class != module.Intermittent):
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestTransitTimes(t *testing.T) {
	for text, want := range map[string]int{"ONE_DAY": 1, "TWO_DAYS": 2, "TWENTY_DAYS": 20, "UNKNOWN": 0, "": 0, "SMARTPOST_TRANSIT_DAYS": 0, "_DAYS": 0, "2": 0} {
		if got := daysOf(text); got != want {
			t.Errorf("%q is %d days, not %d", text, got, want)
		}
	}
}

// FuzzAnswer: whatever FedEx answers, it is refused, or each rate is one that can be put on an order.
func FuzzAnswer(f *testing.F) {
	f.Add(quote(f), "EUR")
	f.Add([]byte(`{"output":{"rateReplyDetails":[{"serviceType":"A","ratedShipmentDetails":[{"rateType":"ACCOUNT","totalNetCharge":"1.5","currency":"jye"}]}]}}`), "JPY")
	f.Add([]byte(`{"output":{"alerts":[{}],"rateReplyDetails":[{"serviceType":"A","commit":null,"ratedShipmentDetails":[null,{"totalNetCharge":-1}]}]}}`), "")
	f.Fuzz(func(t *testing.T, body []byte, currency string) {
		read, err := readAnswer(body, wish{rateType: "ACCOUNT", currency: currency, handling: decimal.NewFromInt(3)})
		if err != nil {
			var e *module.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *module.Error", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, r := range read.rates {
			if r.Service == "" || r.Name == "" || seen[r.Service] || r.Amount.Number.IsNegative() || r.Days < 0 ||
				currency != "" && r.Amount.Currency != currency || money.Of(r.Amount.Number, r.Amount.Currency).Round().Number.Cmp(r.Amount.Number) != 0 {
				t.Errorf("%+v", r)
			}
			seen[r.Service] = true
		}
	})
}
