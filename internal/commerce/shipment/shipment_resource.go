package shipment

import "github.com/hanse-commerce/hanse/resource"

// Shipments are what has left for a buyer, each with one number of its sender's. Only the command ship writes them.
var Shipments = resource.Type{
	Name: "shipments", Table: "shipment", Area: "shipment", Ledger: true,
	Doc:   "Goods of an order that have left the warehouse together.",
	KeyOf: []string{"order", "number"},
	Fields: resource.Fields{
		resource.Text("number").Max(64).Required().ReadOnly().Doc("The sender's number of it, such as SAP's delivery."),
		resource.Date("shippedOn").Required().ReadOnly().Unfiltered().Doc("Day on which the goods left."),
		resource.Text("carrier").Max(64).ReadOnly().Unfiltered().Doc("Who carries them."),
		resource.Text("service").Max(64).ReadOnly().Unfiltered().Doc("By which of the carrier's services."),
		resource.Text("trackingNumber").Max(64).ReadOnly().Doc("The carrier's number of it."),
		resource.Text("trackingUrl").Max(2000).ReadOnly().Unfiltered().Doc("Page of the carrier that shows where the goods are."),
		resource.Decimal("weight", 12, 3).Positive().ReadOnly().Unfiltered().Unit("kg").Doc("What all parcels weigh."),
		resource.JSON("parcels").ReadOnly().Doc("Its parcels, as [{number, trackingNumber, trackingUrl, weight}]."),
		resource.Time("documentTime").Required().ReadOnly().AdminOnly().Unfiltered().
			Doc("When the sender wrote the newest document about it; older ones change nothing."),
	},
	Relations: resource.Relations{
		resource.One("order", "orders").Required().ReadOnly().Doc("The order that the goods are of."),
		resource.Many("lines", "shipmentLines", "shipment").OrderedBy("position").Doc("What it holds."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("order.customer"),
	Notes:      map[string]any{"backoffice.columns": []string{"number", "order", "shippedOn", "carrier", "trackingNumber"}},
}

// OnOrders shows with an order what has left.
var OnOrders = resource.Extend("orders").With(
	resource.Many("shipments", "shipments", "order").OrderedBy("number").Doc("What has left of it."))
