package fedexsim

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// rate answers POST /rate/v1/rates/quotes (FedEx's "Rates and Transit Times API").
func (s *Simulator) rate(w http.ResponseWriter, r *http.Request) {
	if !s.admitted(w, r) {
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		s.refuse(w, http.StatusUnsupportedMediaType, "UNSUPPORTED.MEDIA.TYPE", "Rates are asked for with application/json.")
		return
	}
	var q question
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(&q); err != nil {
		s.refuse(w, http.StatusBadRequest, "INVALID.INPUT.EXCEPTION", "Invalid field value in the input: "+err.Error())
		return
	}
	if _, err := in.Token(); err != io.EOF {
		s.refuse(w, http.StatusBadRequest, "INVALID.INPUT.EXCEPTION", "Something follows the input.")
		return
	}
	weights, code, message := s.judge(&q)
	if code != "" {
		s.refuse(w, http.StatusBadRequest, code, message)
		return
	}
	from, to := q.Shipment.Shipper.Address, q.Shipment.Recipient.Address
	rates := Rates(Shipment{FromCountry: from.Country, FromPostalCode: from.PostalCode, ToCountry: to.Country, ToPostalCode: to.PostalCode, Weights: weights})
	rates = slices.DeleteFunc(rates, func(r Rate) bool { return q.Shipment.Service != "" && r.Service != q.Shipment.Service })
	if len(rates) == 0 {
		s.refuse(w, http.StatusBadRequest, "RATE.LOCATION.NOSERVICE", "FedEx does not currently offer service between these locations.")
		return
	}
	s.mu.Lock()
	s.state.Quotes++
	s.mu.Unlock()
	answer(w, http.StatusOK, s.reply(&q, rates))
}

// reply is the answer with rates.
type reply struct {
	ID     string `json:"transactionId"`
	Output output `json:"output"`
}

type output struct {
	Alerts    []notice `json:"alerts,omitempty"`
	Services  []quoted `json:"rateReplyDetails"`
	QuoteDate string   `json:"quoteDate"`
	Encoded   bool     `json:"encoded"`
}

type quoted struct {
	Type      string   `json:"serviceType"`
	Name      string   `json:"serviceName"`
	Packaging string   `json:"packagingType"`
	Commit    *commit  `json:"commit,omitempty"`
	Charges   []charge `json:"ratedShipmentDetails"`
}

type charge struct {
	RateType string      `json:"rateType"`
	Method   string      `json:"ratedWeightMethod"`
	Total    json.Number `json:"totalNetCharge"`
	VAT      json.Number `json:"totalVatCharge"` // zero, as in FedEx's own samples; taxes are listed in the detail
	Net      json.Number `json:"totalNetFedExCharge"`
	Detail   struct {
		Taxes    []levy `json:"taxes,omitempty"`
		Currency string `json:"currency"`
	} `json:"shipmentRateDetail"`
	Currency string `json:"currency"`
}

// levy is a tax that FedEx would bill.
type levy struct {
	Type   string      `json:"type"`
	Name   string      `json:"name"`
	Amount json.Number `json:"amount"`
}

type commit struct {
	Date struct {
		Day    string `json:"dayOfWeek"`
		Format string `json:"dayFormat"`
	} `json:"dateDetail"`
	Transit struct {
		Least       string `json:"minimumTransitTime"`
		Description string `json:"description"`
	} `json:"transitDays"`
}

func (s *Simulator) reply(q *question, rates []Rate) reply {
	today := s.today(q.Shipment)
	a := reply{ID: s.transaction(), Output: output{QuoteDate: today.Format("2006-01-02")}}
	preferred := "" // currency that charges are converted to
	if iso := isoOf(q.Shipment.Currency); iso != "" && iso != s.cfg.Currency && slices.Contains(q.Shipment.RateTypes, "PREFERRED") {
		if _, traded := In(iso, decimal.Decimal{}); traded {
			preferred = iso
		} else {
			a.Output.Alerts = append(a.Output.Alerts, notice{"PREFERREDCURRENCY.UNAVAILABLE", "There is no rate of exchange for the preferred currency.", "WARNING"})
		}
	}
	for _, r := range rates {
		service := quoted{Type: r.Service, Name: r.Name, Packaging: "YOUR_PACKAGING"}
		service.Charges = s.charges(r, slices.Contains(q.Shipment.RateTypes, "LIST"), preferred)
		if q.Control != nil && q.Control.TransitTimes {
			service.Commit = commitOf(q.Shipment.Ship, today, r.Days)
		}
		a.Output.Services = append(a.Output.Services, service)
	}
	return a
}

// charges are the account's, the list's where it is asked for, and both converted under FedEx's names for that, which do not say
// the tariff: PREFERRED_INCENTIVE is the list's and comes first, PREFERRED_CURRENCY is the account's.
func (s *Simulator) charges(r Rate, list bool, preferred string) []charge {
	all := []charge{chargeOf("ACCOUNT", s.cfg.Currency, r.Account, r.TaxPercent)}
	if list {
		all = append(all, chargeOf("LIST", s.cfg.Currency, r.List, r.TaxPercent))
	}
	if preferred != "" {
		all = append(all, chargeOf("PREFERRED_INCENTIVE", preferred, r.List, r.TaxPercent), chargeOf("PREFERRED_CURRENCY", preferred, r.Account, r.TaxPercent))
	}
	return all
}

func chargeOf(rateType, iso string, euros decimal.Decimal, percent int64) charge {
	net, _ := In(iso, euros)
	tax := net.Mul(decimal.New(percent, -2)).Round(2)
	c := charge{RateType: rateType, Method: "ACTUAL", Total: number(net.Add(tax)), VAT: "0", Net: number(net), Currency: fedexCode(iso)}
	c.Detail.Currency = c.Currency
	if percent > 0 {
		c.Detail.Taxes = []levy{{"VAT", "VAT", number(tax)}}
	}
	return c
}

func number(d decimal.Decimal) json.Number { return json.Number(d.StringFixed(2)) }

var daysInWords = []string{"", "ONE_DAY", "TWO_DAYS", "THREE_DAYS", "FOUR_DAYS", "FIVE_DAYS", "SIX_DAYS"}

// commitOf counts business days from the day that the parcels leave.
func commitOf(ship string, today time.Time, days int) *commit {
	at, err := time.Parse("2006-01-02", ship)
	if err != nil {
		at = today
	}
	for left := days; left > 0; {
		at = at.AddDate(0, 0, 1)
		if day := at.Weekday(); day != time.Saturday && day != time.Sunday {
			left--
		}
	}
	c := &commit{}
	c.Date.Day, c.Date.Format = strings.ToUpper(at.Format("Mon")), at.Format("2006-01-02")+"T18:00:00"
	c.Transit.Least = daysInWords[days]
	c.Transit.Description = decimal.NewFromInt(int64(days)).String() + " Business Days"
	return c
}

// ownCodes are those currencies that FedEx names otherwise than ISO 4217, as far as the simulator trades them.
var ownCodes = map[string]string{"GBP": "UKL", "CHF": "SFR"}

func fedexCode(iso string) string {
	if own, ok := ownCodes[iso]; ok {
		return own
	}
	return iso
}

// isoOf is the ISO code of a currency as FedEx names it, "" if it is none. Its own codes count alone: GBP is unknown.
func isoOf(code string) string {
	for iso, own := range ownCodes {
		switch code {
		case own:
			return iso
		case iso:
			return ""
		}
	}
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return code
}
