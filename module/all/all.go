// Package all is every integration module that the shipped binary has: importing it registers them.
package all

import (
	_ "github.com/hanse-commerce/hanse/module/banktransfer" // bank transfer
	_ "github.com/hanse-commerce/hanse/module/fedex"        // FedEx by its REST interface
	_ "github.com/hanse-commerce/hanse/module/flatrate"     // an amount per order, kilogram or parcel
	_ "github.com/hanse-commerce/hanse/module/pickup"       // fetched by the buyer
	_ "github.com/hanse-commerce/hanse/module/sap"          // SAP ERP by IDocs
	_ "github.com/hanse-commerce/hanse/module/stripe"       // card payments through Stripe
	_ "github.com/hanse-commerce/hanse/module/terms"        // payment terms
)
