package order

import (
	"github.com/hanse-commerce/hanse/internal/commerce/catalog"
	"github.com/hanse-commerce/hanse/resource"
)

// Lines are what was ordered, frozen: a later change of the product or its price changes nothing here.
var Lines = resource.Type{
	Name: "orderLines", Table: "order_line", Area: "order", Ledger: true,
	Doc:   "A product that was ordered, with name and price of that moment.",
	KeyOf: []string{"order", "position"},
	Fields: resource.Fields{
		resource.Integer("position").Required().ReadOnly().Doc("Number of the line, from 10 in steps of 10 as in SAP."),
		resource.Text("sku").Max(64).Required().ReadOnly().Doc("SKU at that moment."),
		resource.Text("name").Max(4000).Required().ReadOnly().Unfiltered().Doc("Name in the buyer's language."),
		catalog.Quantity("quantity").Required().ReadOnly().Unfiltered().Doc("How many of the unit."),
		resource.Decimal("price", 18, 6).Required().ReadOnly().Unfiltered().Doc("Price of so many units as per says."),
		resource.Decimal("per", 12, 3).Required().ReadOnly().Unfiltered().Doc("How many units the price buys."),
		total("rowTotal").Unfiltered().Doc("Quantity times price, rounded to the currency once."),
		resource.Decimal("taxPercent", 7, 4).Default("0").Required().ReadOnly().Unfiltered().Doc("Rate of the tax on the line, in percent."),
		total("taxTotal").Default("0").Unfiltered().Doc("Tax on the line, in rowTotal already if the order's prices include it."),
		catalog.Quantity("confirmedQuantity").ReadOnly().Unfiltered().Doc("How many the ERP has confirmed."),
		resource.Date("confirmedOn").ReadOnly().Unfiltered().Doc("Day for which the ERP has confirmed them."),
		resource.Text("externalStatus").Max(64).ReadOnly().Unfiltered().
			Doc("Where the line stands in the ERP, in its words; of a rejected one no more comes than is confirmed."),
		catalog.Quantity("shippedQuantity").Default("0").Required().ReadOnly().Unfiltered().Doc("How many have left."),
		catalog.Quantity("invoicedQuantity").Default("0").Required().ReadOnly().Unfiltered().Doc("How many were charged."),
		catalog.Quantity("returnedQuantity").Default("0").Required().ReadOnly().Unfiltered().Doc("How many came back and were refunded."),
		resource.Text("priceList").Max(64).ReadOnly().AdminOnly().Unfiltered().Doc("Code of the list that the price was found on."),
		resource.Text("note").ReadOnly().Unfiltered().Doc("The buyer's remark on the line."),
	},
	Relations: resource.Relations{
		resource.One("order", "orders").Required().ReadOnly().Doc("The order."),
		resource.One("product", "products").OrClear().ReadOnly().Doc("The product, as long as there is one."),
		resource.One("unit", "units").ReadOnly().Doc("The unit it was bought in; none on a line that the ERP wrote in words of its own."),
	},
	Admin:      resource.ReadOnly,
	Storefront: resource.ReadOnly.OwnedBy("order.customer"),
}
