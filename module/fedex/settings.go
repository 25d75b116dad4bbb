package fedex

import (
	"strings"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

const (
	liveBase     = "https://apis.fedex.com"
	trackingPage = "https://www.fedex.com/fedextrack/?trknbr={number}"
)

// Settings are what a channel of this module can be told.
func Settings() resource.Fields {
	return append(resource.Fields{
		resource.Text("apiBase").Default(liveBase).Required().Eg("https://apis-sandbox.fedex.com").Doc("Where FedEx's REST interface is."),
		resource.Text("clientId").Max(100).Required().Doc("API key of the project at developer.fedex.com."),
		resource.Text("clientSecret").Max(200).Required().WriteOnly().Doc("Secret key of the project."),
		resource.Text("accountNumber").Max(20).Required().Eg("740561073").Doc("FedEx shipping account that is billed; it must belong to the project."),
		resource.Text("services").Max(1000).Eg("FEDEX_INTERNATIONAL_PRIORITY FEDEX_REGIONAL_ECONOMY").
			Doc("Service types that are offered, separated by blanks; all that FedEx quotes if empty."),
		resource.Enum("rateType", "ACCOUNT", "LIST").Default("ACCOUNT").Required().Doc("Whether buyers pay the rates of the account or FedEx's list rates."),
		resource.Enum("pickupType", "USE_SCHEDULED_PICKUP", "CONTACT_FEDEX_TO_SCHEDULE", "DROPOFF_AT_FEDEX_LOCATION").
			Default("USE_SCHEDULED_PICKUP").Required().Doc("How parcels get to FedEx; it may change the rates."),
		resource.Boolean("residential").Default("false").Doc("Parcels go to homes, which costs more at FedEx; else to businesses."),
		resource.Decimal("handlingPercent", 5, 2).Positive().Default("0").Unit("%").Doc("What is added to FedEx's rates for handling."),
		resource.Text("originStreet").Max(70).Doc("Street that parcels leave from, where the warehouse has no address."),
		resource.Text("originPostalCode").Max(10).Doc("Postal code that parcels leave from."),
		resource.Text("originCity").Max(35).Doc("City that parcels leave from."),
		resource.Text("originRegion").Max(6).Eg("TN").Doc("State or province that parcels leave from: two letters, for the United States and Canada."),
		resource.Country("originCountry").Required().Doc("Country that parcels leave from."),
		resource.Text("trackingUrl").Default(trackingPage).Required().Doc("Page that shows where a parcel is; {number} is its tracking number."),
	}, module.CarrierSettings()...)
}

// origin is where parcels leave from if the request does not say.
func origin(s module.Settings) module.Place {
	return module.Place{Street: s["originStreet"], PostalCode: s["originPostalCode"], City: s["originCity"],
		Region: s["originRegion"], Country: s["originCountry"]}
}

// base is the address of the interface without a trailing slash.
func base(s module.Settings) string { return strings.TrimRight(s["apiBase"], "/") }
