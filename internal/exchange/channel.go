package exchange

import "github.com/hanse-commerce/hanse/resource"

// Channels are configured modules: which outside system is spoken to, how, for which websites, and over which partner's
// files. What is read-only is written by the host of channels.
var Channels = resource.Type{
	Name: "channels", Table: "channel", Area: "integration",
	Doc: "A configured integration module or file route.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name."),
		resource.Text("name").Required().Doc("Name for people."),
		resource.Localized("label").Unfiltered().Doc("Name that buyers see; without one it is the name."),
		resource.Integer("position").Default("0").Required().Unfiltered().Doc("Order in which buyers are offered channels."),
		resource.Text("kind").Max(64).Required().Eg("sap").Doc("Name of the module."),
		resource.Boolean("enabled").Default("true").Required().Unfiltered().Doc("A channel that is not enabled neither reads nor writes; payments that it began it still brings to their end."),
		resource.JSON("settings").Doc("The module's settings; the module says which there are. Secrets are not among them: the command setSecret takes them."),
		resource.Time("pausedAt").ReadOnly().Unfiltered().Doc("Since when it rests: the command pause stops it, resume lets it go on."),
		resource.JSON("checks").ReadOnly().Doc(`What the last test of the connection found: [{"name","ok","detail"}].`),
		resource.Time("checkedAt").ReadOnly().Unfiltered().Doc("When the connection was last tested."),
		resource.Time("lastSuccessAt").ReadOnly().Unfiltered().Doc("When the outside system last answered as it should."),
		resource.Time("lastFailureAt").ReadOnly().Unfiltered().Doc("When a call last failed."),
		resource.Text("lastFailure").Max(2000).ReadOnly().Unfiltered().Doc("How the call failed."),
		resource.Integer("openErrors").ReadOnly().Default("0").Required().Unfiltered().Doc("Failures in a row since the last success."),
		resource.Decimal("latency", 12, 3).Unit("ms").ReadOnly().Unfiltered().Doc("How long calls take, the newest counting most."),
	},
	Relations: resource.Relations{
		resource.One("partner", "partners").Doc("Partner whose files it reads and writes."),
		resource.Many("websites", "channelWebsites", "channel").Owned().Doc("Websites that it is for; none is all."),
	},
	Admin:      resource.Full,
	Extensible: true,
}

// ChannelWebsites say which websites a channel is for.
var ChannelWebsites = resource.Type{
	Name: "channelWebsites", Table: "channel_website", Area: "integration",
	Doc: "A website that a channel is for.",
	Relations: resource.Relations{
		resource.One("channel", "channels").Required().CreateOnly().Doc("The channel."),
		resource.One("website", "websites").Required().CreateOnly().Doc("The website."),
	},
	KeyOf: []string{"channel", "website"},
	Admin: resource.Full,
}
