package module

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/money"
	"github.com/hanse-commerce/hanse/resource"
)

// ShippingTraits tell how a way of shipping works.
type ShippingTraits struct {
	// Live: Rates asks a carrier, so its answer is waited for with a deadline, cached, and replaced where it fails; and its
	// amounts are without tax (see Rate).
	Live bool
	// Fallback is offered where the carrier does not answer; with none the buyer is told that shipping is quoted later, if
	// Later, or not offered the carrier at all.
	Fallback *Rate
	Later    bool
	// ParcelWeight is the most that goes into one parcel, in kg; zero is no limit: all goes into one.
	ParcelWeight decimal.Decimal
	// PickUp: the buyer fetches the goods; no address is needed.
	PickUp bool
}

// CarrierSettings are what every module with live rates can be told beside its own: they make ShippingTraits.
func CarrierSettings() resource.Fields {
	return resource.Fields{
		resource.Decimal("parcelWeight", 8, 3).Positive().Unit("kg").Default("30").Doc("Most that goes into one parcel."),
		resource.Decimal("fallbackAmount", 18, 4).Positive().
			Doc("What shipping costs while the carrier does not answer, without tax as the carrier's rates are; without one see quotedLater."),
		resource.Currency("fallbackCurrency").Default("EUR").Doc("Currency of the fallback amount."),
		resource.Boolean("quotedLater").Default("true").Doc("Whether buyers may order while the carrier does not answer and be told the costs later."),
	}
}

// CarrierTraits reads CarrierSettings; name is what the fallback is called.
func CarrierTraits(s Settings, name string) ShippingTraits {
	t := ShippingTraits{Live: true, Later: s["quotedLater"] == "true"}
	t.ParcelWeight, _ = decimal.NewFromString(s["parcelWeight"])
	if amount, err := decimal.NewFromString(s["fallbackAmount"]); err == nil {
		t.Fallback = &Rate{Service: "FALLBACK", Name: name, Amount: money.Of(amount, s["fallbackCurrency"])}
	}
	return t
}

// RateRequest asks what it costs to send parcels.
type RateRequest struct {
	From, To Place
	Parcels  []Parcel
	Subtotal money.Amount // of the goods, in the currency of the order
	Language string       // ISO 639-1
	Ship     time.Time    // day on which the parcels leave
}

// Place is where parcels leave or arrive.
type Place struct {
	Company, Street, Street2, PostalCode, City, Region string
	Country                                            string // ISO 3166-1 alpha-2
}

// Parcel is one package.
type Parcel struct {
	Weight decimal.Decimal // kg
}

// Rate is one service with its price.
type Rate struct {
	Service string // the carrier's code: "FEDEX_GROUND"
	Name    string // for people
	// Amount of a carrier (ShippingTraits.Live) and of its fallback bears no tax: neither what the carrier puts on its own bill,
	// which is no part of the sale, nor that of the sale, which Hanse finds by the shop's rules and adds, to the offer too where
	// the shop's prices include it. An amount that the merchant typed in himself is as his prices are, with tax or without.
	Amount  money.Amount
	Days    int       // in transit, 0 if the carrier does not say
	Arrives time.Time // zero if the carrier does not say
}
