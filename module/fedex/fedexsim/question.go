package fedexsim

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// question is what POST /rate/v1/rates/quotes takes; a field that is not here is refused. Fields that change no rate of the
// simulator are taken and left alone.
type question struct {
	Account *struct {
		Value string `json:"value"`
	} `json:"accountNumber"`
	Control *struct {
		TransitTimes  bool   `json:"returnTransitTimes"`
		ServicesAtAll bool   `json:"servicesNeededOnRateFailure"`
		Options       string `json:"variableOptions"`
		Order         string `json:"rateSortOrder"`
	} `json:"rateRequestControlParameters"`
	Shipment *shipment `json:"requestedShipment"`
}

type shipment struct {
	Shipper   *party   `json:"shipper"`
	Recipient *party   `json:"recipient"`
	Service   string   `json:"serviceType"`
	Currency  string   `json:"preferredCurrency"`
	RateTypes []string `json:"rateRequestType"`
	Ship      string   `json:"shipDateStamp"`
	Pickup    string   `json:"pickupType"`
	Packaging string   `json:"packagingType"`
	Count     *int     `json:"totalPackageCount"`
	Total     *exact   `json:"totalWeight"`
	Packages  []item   `json:"requestedPackageLineItems"`
	Customs   *customs `json:"customsClearanceDetail"`
}

type party struct {
	Address *address `json:"address"`
}

type address struct {
	Street      []string `json:"streetLines"`
	City        string   `json:"city"`
	Region      string   `json:"stateOrProvinceCode"`
	PostalCode  string   `json:"postalCode"`
	Country     string   `json:"countryCode"`
	Residential bool     `json:"residential"`
}

type item struct {
	Count      *int    `json:"groupPackageCount"`
	Weight     *weight `json:"weight"`
	Dimensions *struct {
		Length int    `json:"length"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
		Units  string `json:"units"`
	} `json:"dimensions"`
}

type weight struct {
	Units string `json:"units"`
	Value *exact `json:"value"`
}

type customs struct {
	Duties *struct {
		Type string `json:"paymentType"`
	} `json:"dutiesPayment"`
	Commodities []struct {
		Description string  `json:"description"`
		Quantity    int     `json:"quantity"`
		Units       string  `json:"quantityUnits"`
		Weight      *weight `json:"weight"`
		Value       *value  `json:"customsValue"`
		UnitPrice   *value  `json:"unitPrice"`
		Country     string  `json:"countryOfManufacture"`
		Code        string  `json:"harmonizedCode"`
	} `json:"commodities"`
}

type value struct {
	Amount   *exact `json:"amount"`
	Currency string `json:"currency"`
}

// exact is a number of JSON, not a text with a number in it.
type exact struct{ decimal.Decimal }

// UnmarshalJSON implements json.Unmarshaler.
func (e *exact) UnmarshalJSON(raw []byte) (err error) {
	if len(raw) > 20 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return errors.New("a number is expected")
	}
	e.Decimal, err = decimal.NewFromString(string(raw))
	if e.Exponent() < -10 || e.Exponent() > 10 {
		return fmt.Errorf("the number %s is out of range", raw)
	}
	return err
}
