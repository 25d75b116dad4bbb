package shipping

import "github.com/hanse-commerce/hanse/resource"

// OnWarehouses completes the address that parcels leave from.
var OnWarehouses = resource.Extend("warehouses",
	resource.Text("street").Max(140).AdminOnly().Unfiltered().Doc("Street and number, from which parcels leave."),
	resource.Text("postalCode").Max(20).AdminOnly().Unfiltered().Doc("Postal code. Live rates are asked from the enabled warehouse of the highest priority that has a country and this or the street."),
	resource.Text("region").Max(100).AdminOnly().Unfiltered().Doc("State or province, as carriers write it."))
