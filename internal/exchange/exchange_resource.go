package exchange

import "github.com/hanse-commerce/hanse/resource"

// Exchanges are the ledger as every surface shows it; only the Ledger writes it.
var Exchanges = resource.Type{
	Name: "exchanges", Table: "exchange", Area: "integration",
	Doc: "A message that crossed the border, with what became of it.",
	Fields: resource.Fields{
		resource.Text("name").Required().Doc("Base name of the file, or what stands for it."),
		resource.Enum("direction", "in", "out").Required().Doc("In: from the partner to Hanse."),
		resource.Enum("point", "files", "api", "module", "replica").Required().Unfiltered().Doc("Integration point that the message took."),
		resource.Text("kind").Doc("Type of document, such as products or MATMAS05."),
		resource.Text("format").Max(1000).Unfiltered().Doc("As what a file was read, such as its encoding, separator and decimal marks."),
		resource.Text("reference").Doc("Number of the document in the outside system, such as an IDoc's DOCNUM."),
		resource.Enum("status", "received", "processing", "done", "partlyDone", "refused").Required().
			Doc("Done: all records were taken. PartlyDone: some failed. Refused: the message as a whole was not taken."),
		count("read", "Records of the message that were read."),
		count("created", "Records that made something new."),
		count("updated", "Records that changed something."),
		count("unchanged", "Records that said what was known already."),
		count("failed", "Records that were not taken."),
		count("warnings", "Warnings; they do not make a record fail."),
		resource.Text("reasonCode").Max(64).Unfiltered().Doc("Stable code of the reason why the message was refused."),
		resource.Text("reason").Max(2000).Unfiltered().Doc("The reason in words."),
		resource.Text("contentHash").Max(64).Doc("SHA-256 of the content in hex."),
		resource.Decimal("contentSize", 18, 0).Unit("byte").Unfiltered().Doc("Size of the content."),
		resource.Text("recordType").Max(64).Doc("Resource of the record that the message is about, such as orders."),
		resource.Text("recordId").Max(36).Doc("Id of the record that the message is about."),
		resource.Time("collectedAt").Doc("When the partner fetched the file: moved or deleted it, not just read it."),
		resource.Time("acknowledgedAt").Doc("When the partner's system answered."),
		resource.Enum("acknowledgement", "accepted", "rejected").Doc("The answer of the partner's system."),
		resource.Text("acknowledgementText").Max(2000).Unfiltered().Doc("What the partner's system said."),
		resource.Integer("httpStatus").Unfiltered().Doc("Status of the answer to a module's call."),
		resource.Decimal("duration", 12, 3).Unit("ms").Unfiltered().Doc("How long the answer to a module's call took."),
		resource.Time("startedAt").Unfiltered().Doc("When processing began."),
		resource.Time("finishedAt").Unfiltered().Doc("When processing ended."),
	},
	Relations: resource.Relations{
		resource.One("partner", "partners").ReadOnly().Doc("Third party that sent or gets the message."),
		resource.One("channel", "channels").ReadOnly().Doc("Configured module or file route that it took."),
		resource.One("duplicateOf", "exchanges").ReadOnly().Doc("Earlier exchange with the same content."),
		resource.Many("errors", "exchangeErrors", "exchange").OrderedBy("line").Doc("What was wrong with it."),
	},
	Admin:  resource.ReadOnly,
	Ledger: true,
}

// Errors are what was wrong with exchanges.
var Errors = resource.Type{
	Name: "exchangeErrors", Table: "exchange_error", Area: "integration",
	Doc: "What was wrong with a record of a message, or with the message.",
	Fields: resource.Fields{
		resource.Integer("line").Doc("Line of the file, or number of the document in it; the first one of equal warnings."),
		resource.Text("key").Doc("Natural key of the record."),
		resource.Text("field").Unfiltered().Doc("Field that is meant."),
		resource.Enum("class", "value", "missing", "connection", "intermittent", "rateLimit", "tooLarge", "parse", "duplicate").
			Required().Doc("Kind of fault: which ones are cured by sending again, which by correcting."),
		resource.Enum("severity", "error", "warning").Required().Doc("An error costs the record, a warning does not."),
		resource.Text("code").Max(64).Required().Doc("Stable code."),
		resource.Text("detail").Max(2000).Required().Unfiltered().Doc("What is wrong and what to do."),
		count("count", "How many equal warnings this stands for.").Default("1"),
	},
	Relations: resource.Relations{
		resource.One("exchange", "exchanges").Required().ReadOnly().Doc("Message that is meant."),
	},
	Admin:  resource.ReadOnly,
	Ledger: true,
}

func count(name, doc string) resource.Field {
	return resource.Integer(name).Positive().Default("0").Required().Unfiltered().Doc(doc)
}
