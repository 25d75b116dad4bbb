package exchange

import "github.com/hanse-commerce/hanse/resource"

// Channels are configured modules: which outside system is spoken to, how, and over which partner's files.
var Channels = resource.Type{
	Name: "channels", Table: "channel", Area: "integration",
	Doc: "A configured integration module or file route.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name."),
		resource.Text("name").Required().Doc("Name for people."),
		resource.Text("kind").Max(64).Required().Eg("sap").Doc("Name of the module."),
		resource.Boolean("enabled").Default("true").Required().Unfiltered().Doc("A channel that is not enabled neither reads nor writes."),
		resource.JSON("settings").Doc("The module's settings; the module says which there are."),
	},
	Relations: resource.Relations{
		resource.One("partner", "partners").Doc("Partner whose files it reads and writes."),
	},
	Admin:      resource.Full,
	Extensible: true,
}
