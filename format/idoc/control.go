package idoc

// controlName is the segment that begins every IDoc.
const controlName = "EDI_DC40"

// Control is the control record EDI_DC40 under SAP's own names. All of it is text; the fields that say who sends what
// to whom are explained, the others are as SAP's data element documentation has them.
type Control struct {
	TABNAM  string // name of the structure; EDI_DC40 is written where it is empty
	MANDT   string // client
	DOCNUM  string // number of the IDoc in the sender's system, with its zeros
	DOCREL  string
	STATUS  string
	DIRECT  string // 1 outbound, 2 inbound, seen from SAP
	OUTMOD  string
	EXPRSS  string
	TEST    string // X: a test, not to be posted
	IDOCTYP string // basic type, such as MATMAS05
	CIMTYP  string // extension of the basic type
	MESTYP  string // message type, such as MATMAS
	MESCOD  string
	MESFCT  string
	STD     string
	STDVRS  string
	STDMES  string
	SNDPOR  string // port of the sender
	SNDPRT  string // partner type of the sender, such as LS
	SNDPFC  string
	SNDPRN  string // partner number of the sender
	SNDSAD  string
	SNDLAD  string
	RCVPOR  string // port of the receiver
	RCVPRT  string // partner type of the receiver
	RCVPFC  string
	RCVPRN  string // partner number of the receiver
	RCVSAD  string
	RCVLAD  string
	CREDAT  string // date of creation, yyyymmdd
	CRETIM  string // time of creation, hhmmss
	REFINT  string
	REFGRP  string
	REFMES  string
	ARCKEY  string
	SERIAL  string
	// Other are fields that EDI_DC40 does not have, as sent.
	Other []Field
}

type controlField struct {
	name  string
	value *string
}

// fields gives the record's fields in SAP's order.
func (c *Control) fields() []controlField {
	return []controlField{
		{"TABNAM", &c.TABNAM}, {"MANDT", &c.MANDT}, {"DOCNUM", &c.DOCNUM}, {"DOCREL", &c.DOCREL}, {"STATUS", &c.STATUS},
		{"DIRECT", &c.DIRECT}, {"OUTMOD", &c.OUTMOD}, {"EXPRSS", &c.EXPRSS}, {"TEST", &c.TEST}, {"IDOCTYP", &c.IDOCTYP},
		{"CIMTYP", &c.CIMTYP}, {"MESTYP", &c.MESTYP}, {"MESCOD", &c.MESCOD}, {"MESFCT", &c.MESFCT}, {"STD", &c.STD},
		{"STDVRS", &c.STDVRS}, {"STDMES", &c.STDMES}, {"SNDPOR", &c.SNDPOR}, {"SNDPRT", &c.SNDPRT}, {"SNDPFC", &c.SNDPFC},
		{"SNDPRN", &c.SNDPRN}, {"SNDSAD", &c.SNDSAD}, {"SNDLAD", &c.SNDLAD}, {"RCVPOR", &c.RCVPOR}, {"RCVPRT", &c.RCVPRT},
		{"RCVPFC", &c.RCVPFC}, {"RCVPRN", &c.RCVPRN}, {"RCVSAD", &c.RCVSAD}, {"RCVLAD", &c.RCVLAD}, {"CREDAT", &c.CREDAT},
		{"CRETIM", &c.CRETIM}, {"REFINT", &c.REFINT}, {"REFGRP", &c.REFGRP}, {"REFMES", &c.REFMES}, {"ARCKEY", &c.ARCKEY},
		{"SERIAL", &c.SERIAL},
	}
}

func readControl(s *Segment) Control {
	var c Control
	known, at := c.fields(), 0
	for _, f := range s.Fields {
		i, ok := findControl(known, at, f.Name)
		switch {
		case !ok:
			c.Other = append(c.Other, f)
			continue
		case *known[i].value == "":
			*known[i].value = f.Value
		}
		at = i + 1
	}
	return c
}

// findControl looks for a field from the place on where the last one was found, for they come in SAP's order.
func findControl(known []controlField, at int, name string) (int, bool) {
	for n := range known {
		if i := (at + n) % len(known); known[i].name == name {
			return i, true
		}
	}
	return 0, false
}

// segment gives the record as it is written; empty fields are left out.
func (c Control) segment() *Segment {
	s := &Segment{Name: controlName}
	if c.TABNAM == "" {
		c.TABNAM = controlName
	}
	for _, f := range c.fields() {
		if *f.value != "" {
			s.Fields = append(s.Fields, Field{f.name, *f.value})
		}
	}
	s.Fields = append(s.Fields, c.Other...)
	return s
}
