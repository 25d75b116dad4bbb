package catalog

import "github.com/hanse-commerce/hanse/resource"

// Aliases are the words that other systems have for units.
var Aliases = resource.Type{
	Name: "unitAliases", Table: "unit_alias", Area: "catalog",
	Doc: "Another system's code for a unit, such as SAP's ST for the piece.",
	Fields: resource.Fields{
		resource.Text("alias").Max(35).Key().Eg("PCE").Doc("The other code, as it is written there."),
		resource.Text("system").Max(64).OptionalKey().
			Doc("Code of the partner or channel that says so; empty: anyone may. A partner's own alias goes before anyone's."),
		resource.Boolean("preferred").Default("false").Required().
			Doc("The code that the system gets back where several stand for the unit."),
	},
	Relations: resource.Relations{
		resource.One("unit", "units").Required().Doc("The unit that is meant."),
	},
	Admin:      resource.Full,
	Storefront: resource.Hidden,
}
