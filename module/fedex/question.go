package fedex

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// question is the body of a question for rates (developer.fedex.com, "Rates and Transit Times API").
type question struct {
	Account struct {
		Value string `json:"value"`
	} `json:"accountNumber"`
	Control struct {
		TransitTimes bool `json:"returnTransitTimes"`
	} `json:"rateRequestControlParameters"`
	Shipment shipment `json:"requestedShipment"`
}

// shipment is what is to be sent. totalWeight stays away: FedEx takes it as pounds whatever the parcels are in, and sums the
// parcels itself.
type shipment struct {
	Shipper   party    `json:"shipper"`
	Recipient party    `json:"recipient"`
	Currency  string   `json:"preferredCurrency,omitempty"`
	RateTypes []string `json:"rateRequestType"`
	Ship      string   `json:"shipDateStamp,omitempty"` // yyyy-mm-dd
	Pickup    string   `json:"pickupType"`
	Packaging string   `json:"packagingType"`
	Count     int      `json:"totalPackageCount"`
	Parcels   []line   `json:"requestedPackageLineItems"`
	Customs   *customs `json:"customsClearanceDetail,omitempty"`
}

type party struct {
	Address address `json:"address"`
}

type address struct {
	Street      []string `json:"streetLines,omitempty"`
	City        string   `json:"city,omitempty"`
	Region      string   `json:"stateOrProvinceCode,omitempty"`
	PostalCode  string   `json:"postalCode,omitempty"`
	Country     string   `json:"countryCode"`
	Residential bool     `json:"residential,omitempty"`
}

// line is so many parcels of one weight.
type line struct {
	Count  int    `json:"groupPackageCount"`
	Weight weight `json:"weight"`
}

type weight struct {
	Units string      `json:"units"`
	Value json.Number `json:"value"`
}

// customs is what crosses a border, as one commodity: rates depend on weight and value, not on what it is.
type customs struct {
	Commodities []commodity `json:"commodities"`
}

type commodity struct {
	Description string `json:"description"`
	Quantity    int    `json:"quantity"`
	Units       string `json:"quantityUnits"`
	Weight      weight `json:"weight"`
	Value       value  `json:"customsValue"`
}

type value struct {
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"`
}

// What FedEx takes in one question at most: totalPackageCount, entries of requestedPackageLineItems, and days to shipDateStamp.
const (
	mostParcels = 100
	mostLines   = 99

	mostDaysAhead = 9 // of UTC; the shipper's day may be the one before
)

// newQuestion asks for all services between two places.
func newQuestion(s module.Settings, r module.RateRequest, now time.Time) (*question, error) {
	from := r.From
	if from.Country == "" || from.PostalCode == "" && from.City == "" { // a warehouse without an address
		from = origin(s)
	}
	switch {
	case from.Country == "":
		return nil, wrong("no_origin", "it is not known where the parcels leave from; fill in originCountry and the settings beside it")
	case r.To.Country == "":
		return nil, wrong("no_destination", "the address has no country")
	case len(r.Parcels) == 0:
		return nil, wrong("no_parcels", "there is nothing to send")
	case len(r.Parcels) > mostParcels:
		return nil, wrong("too_many_parcels", fmt.Sprintf("there are %d parcels, and FedEx tells rates for %d at most; more go as freight, or "+
			"in heavier parcels by the setting parcelWeight", len(r.Parcels), mostParcels))
	}
	lines, sum, err := linesOf(r.Parcels)
	if err != nil {
		return nil, err
	}
	if len(lines) > mostLines {
		return nil, wrong("too_many_parcels", fmt.Sprintf("the parcels have %d different weights, and FedEx tells rates for %d at most", len(lines), mostLines))
	}
	q := &question{}
	q.Account.Value, q.Control.TransitTimes = s["accountNumber"], true
	q.Shipment = shipment{
		Shipper: party{addressOf(from)}, Recipient: party{addressOf(r.To)}, RateTypes: []string{s["rateType"]},
		Pickup: s["pickupType"], Packaging: "YOUR_PACKAGING", Count: len(r.Parcels), Parcels: lines,
	}
	q.Shipment.Recipient.Address.Residential = s["residential"] == "true"
	q.Shipment.Ship = shipDate(r.Ship, now)
	if r.Subtotal.Currency != "" {
		q.Shipment.Currency = toFedEx(r.Subtotal.Currency)
		q.Shipment.RateTypes = append(q.Shipment.RateTypes, "PREFERRED") // rates in preferredCurrency too
	}
	if from.Country != r.To.Country {
		q.Shipment.Customs = customsOf(r.Subtotal, sum)
	}
	return q, nil
}

// shipDate is the day on which parcels leave, where it need be told. FedEx takes days from today on, by the clock of the shipper's
// place, to ten days ahead. It takes its own today if none is told, which cannot be yesterday there.
func shipDate(ship, now time.Time) string {
	day, today := ship.Format(time.DateOnly), now.UTC()
	if ship.IsZero() || day <= today.Format(time.DateOnly) || day > today.AddDate(0, 0, mostDaysAhead).Format(time.DateOnly) {
		return ""
	}
	return day
}

func wrong(code, detail string) error {
	return &module.Error{Class: module.Invalid, Code: code, Detail: askingRates + ": " + detail}
}

// linesOf groups parcels of one weight, in the order of their first, and sums the weights in kg.
func linesOf(parcels []module.Parcel) (lines []line, sum decimal.Decimal, err error) {
	at := map[json.Number]int{}
	for i, p := range parcels {
		if !p.Weight.IsPositive() {
			return nil, sum, wrong("no_weight", fmt.Sprintf("parcel %d of %d has no weight; give the products one", i+1, len(parcels)))
		}
		kg := p.Weight.RoundUp(2) // FedEx takes no more digits; what is lighter must not be asked for
		sum = sum.Add(kg)
		number := json.Number(kg.String())
		if n, ok := at[number]; ok {
			lines[n].Count++
			continue
		}
		at[number] = len(lines)
		lines = append(lines, line{Count: 1, Weight: weight{Units: "KG", Value: number}})
	}
	return lines, sum, nil
}

func customsOf(subtotal money.Amount, sum decimal.Decimal) *customs {
	c := commodity{Description: "Goods", Quantity: 1, Units: "PCS", Weight: weight{Units: "KG", Value: json.Number(sum.String())},
		Value: value{Amount: json.Number(subtotal.Round().Number.String()), Currency: toFedEx(subtotal.Currency)}}
	if subtotal.Currency == "" {
		c.Value = value{Amount: "1", Currency: "USD"} // a question about rates alone, as a check asks it
	}
	return &customs{Commodities: []commodity{c}}
}

// withRegions are the countries whose regions FedEx knows; it refuses some addresses elsewhere that have one.
var withRegions = []string{"US", "CA", "PR"}

// addressOf is a place as FedEx takes it. A region is told only where FedEx knows it and it has two letters; the part of its ISO
// 3166-2 code that is the country goes.
func addressOf(p module.Place) address {
	a := address{City: p.City, PostalCode: p.PostalCode, Country: p.Country}
	for _, s := range []string{p.Street, p.Street2} {
		if s != "" {
			a.Street = append(a.Street, s)
		}
	}
	if region := strings.TrimPrefix(p.Region, p.Country+"-"); len(region) == 2 && slices.Contains(withRegions, p.Country) {
		a.Region = region
	}
	return a
}
