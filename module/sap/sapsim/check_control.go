package sapsim

import (
	"regexp"
	"time"
)

var documentNumber = regexp.MustCompile(`^\d{16}$`)

// checkControl checks the control record as SAP's inbound processing does before it looks for the partner profile.
func (j *judgement) checkControl() {
	const at = "EDI_DC40"
	if j.root != "ORDERS05" {
		j.refuse("", "the root element is %s; the port takes ORDERS05", j.root)
	}
	if j.idoc.name != "IDOC" || j.idoc.loose {
		j.refuse("IDOC", `the element below the root must be IDOC with BEGIN="1" and no text`)
	}
	if len(j.idoc.all(at)) != 1 || j.idoc.below[0].name != at || j.idoc.below[0].loose {
		j.refuse(at, `the control record must come once, come first and have SEGMENT="1"`)
		return
	}
	control := j.idoc.below[0]
	j.order.Document = control.value("DOCNUM")
	for _, f := range []struct{ name, want string }{
		{"TABNAM", "EDI_DC40"}, {"DIRECT", "2"}, {"IDOCTYP", "ORDERS05"}, {"MESTYP", "ORDERS"},
		{"SNDPRT", "LS"}, {"SNDPRN", j.cfg.Shop}, {"RCVPRT", "LS"}, {"RCVPRN", j.cfg.SAP},
	} {
		if got := control.value(f.name); got != f.want {
			j.refuse(at, "%s is %q; the partner profile wants %q", f.name, got, f.want)
		}
	}
	for _, name := range []string{"SNDPOR", "RCVPOR"} {
		if control.value(name) == "" {
			j.refuse(at, "the port %s is missing", name)
		}
	}
	if got := control.value("MANDT"); got != "" && got != j.cfg.Client {
		j.refuse(at, "MANDT is %q; this is client %s", got, j.cfg.Client)
	}
	if control.value("CIMTYP") != "" {
		j.refuse(at, "the extension %s is not known", control.value("CIMTYP"))
	}
	if !documentNumber.MatchString(j.order.Document) || j.order.Document == "0000000000000000" {
		j.refuse(at, "DOCNUM %q is not a number of sixteen digits above zero", j.order.Document)
	}
	j.date(control, at, "CREDAT")
	if _, err := time.Parse("150405", control.value("CRETIM")); err != nil {
		j.refuse(at, "CRETIM %q is not a time such as 081500", control.value("CRETIM"))
	}
}
