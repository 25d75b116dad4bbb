package sample

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
)

// SAP's view of both ends, as the demo's channel is set.
const (
	sender, receiver = "PRDCLNT100", "SHOP"
	client           = "100"
	salesOrg         = "1000"
	distribution     = "10"
	division         = "00"
)

// segment is one IDoc segment: names and values in SAP's order, then the segments below it.
type segment struct {
	name   string
	fields []string // name, value, name, value …; an empty value is left out
	below  []segment
}

func seg(name string, fields ...string) segment { return segment{name: name, fields: fields} }

func (s segment) with(below ...segment) segment {
	s.below = append(s.below, below...)
	return s
}

// idocWriter writes the IDocs of one file, one a line, in the form of SAP's XML ports.
type idocWriter struct {
	out           *bufio.Writer
	document      document
	idoc, message string // IDOCTYP, MESTYP
	count         int
	err           error
}

func newIDocWriter(w io.Writer, d document, idoc, message string) *idocWriter {
	x := &idocWriter{out: bufio.NewWriter(w), document: d, idoc: idoc, message: message}
	x.text(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<" + idoc + ">\n")
	return x
}

// idoc writes one IDoc with its control record EDI_DC40.
func (x *idocWriter) write(data ...segment) {
	x.text(`<IDOC BEGIN="1">`)
	x.segment(seg("EDI_DC40", "TABNAM", "EDI_DC40", "MANDT", client, "DOCNUM", x.document.number(x.count),
		"DOCREL", "750", "DIRECT", "1", "IDOCTYP", x.idoc, "MESTYP", x.message,
		"SNDPOR", "SAPPRD", "SNDPRT", "LS", "SNDPRN", sender, "RCVPOR", "SHOP", "RCVPRT", "LS", "RCVPRN", receiver,
		"CREDAT", x.document.created.Format("20060102"), "CRETIM", x.document.created.Format("150405")))
	for _, s := range data {
		x.segment(s)
	}
	x.text("</IDOC>\n")
	x.count++
}

func (x *idocWriter) segment(s segment) {
	x.text("<" + s.name + ` SEGMENT="1">`)
	for i := 0; i < len(s.fields); i += 2 {
		if s.fields[i+1] == "" {
			continue
		}
		x.text("<" + s.fields[i] + ">")
		if x.err == nil {
			x.err = xml.EscapeText(x.out, []byte(s.fields[i+1]))
		}
		x.text("</" + s.fields[i] + ">")
	}
	for _, b := range s.below {
		x.segment(b)
	}
	x.text("</" + s.name + ">")
}

func (x *idocWriter) text(s string) {
	if x.err == nil {
		_, x.err = x.out.WriteString(s)
	}
}

func (x *idocWriter) close() error {
	x.text("</" + x.idoc + ">\n")
	if x.err == nil {
		x.err = x.out.Flush()
	}
	if x.err != nil {
		return fmt.Errorf("write %s IDoc %d: %w", x.message, x.count, x.err)
	}
	return nil
}
