package sapsim

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxStates is how many confirmations an ALEAUD01 holds.
const maxStates = 500

// audit writes the answer to orders, an ALEAUD01 (message ALEAUD) for each 500 of them, and names its file. Orders that
// bear no document number cannot be answered: nil if none is left. The caller holds mu.
func (s *Simulator) audit(orders []Order) (content []byte, file string) {
	var states []*segment
	for _, o := range orders {
		if o.Status != "" && o.Document != "" {
			states = append(states, s.state(o))
		}
	}
	if states == nil {
		return nil, ""
	}
	var idocs []*segment
	for len(states) > 0 {
		n := min(len(states), maxStates)
		idocs = append(idocs, s.auditIDoc(states[:n]))
		states = states[n:]
	}
	var b bytes.Buffer
	writeIDocs(&b, "ALEAUD01", idocs)
	number := idocs[0].first("EDI_DC40").value("DOCNUM")
	return b.Bytes(), fmt.Sprintf("aleaud_%s_%s.xml", s.cfg.Clock().UTC().Format("20060102T150405Z"), number)
}

func (s *Simulator) auditIDoc(states []*segment) *segment {
	now := s.cfg.Clock().UTC()
	control := seg("EDI_DC40", "TABNAM", "EDI_DC40", "MANDT", s.cfg.Client, "DOCNUM", s.number(), "DOCREL", "750", "DIRECT", "1",
		"IDOCTYP", "ALEAUD01", "MESTYP", "ALEAUD", "SNDPOR", "SAPPRD", "SNDPRT", "LS", "SNDPRN", s.cfg.SAP,
		"RCVPOR", "SHOP", "RCVPRT", "LS", "RCVPRN", s.cfg.Shop, "CREDAT", now.Format("20060102"), "CRETIM", now.Format("150405"))
	header := seg("E1ADHDR", "MESTYP", "ORDERS", "MESTYP_LNG", "ORDERS")
	header.below = states
	return &segment{name: "IDOC", below: []*segment{control, header}}
}

// state is the status record of one order with SAP's message: number 311 of class V1, or the free text 398 of class 00. As
// in SAP, the text has places that the parameters fill.
func (s *Simulator) state(o Order) *segment {
	class, number, kind, text := "V1", "311", "S", "& & has been saved"
	parameters := [4]string{"Standard Order", o.SalesOrder}
	if o.Status == Refused {
		class, number, kind, text = "00", "398", "E", "& & & &"
		parameters = parts(o.Problems[0].String())
	}
	state := seg("E1STATE", "DOCNUM", o.Document, "STATUS", o.Status, "STACOD", "SAP"+class+number, "STATXT", text)
	for i, p := range parameters {
		state.put(fmt.Sprintf("STAPA%d", i+1), head(p, 20))
	}
	state.put("STATYP", kind)
	state.put("STAMQU", "SAP")
	state.put("STAMID", class)
	state.put("STAMNO", number)
	for i, p := range parameters {
		state.put(fmt.Sprintf("STAPA%d_LNG", i+1), p)
	}
	object := seg("E1PRTOB", "DOCNUM", s.number(), "LOGSYS", s.cfg.SAP)
	if o.Status == Posted {
		object.put("OBJTYPE", "BUS2032") // sales order
		object.put("OBJKEY", o.SalesOrder)
	}
	state.below = append(state.below, object)
	return state
}

// parts cuts a text at blanks into the four parameters of 50 characters that a message has; what is left over is lost, as
// in SAP.
func parts(text string) (four [4]string) {
	for i := range four {
		four[i] = head(text, 50)
		if at := strings.LastIndexByte(four[i], ' '); at > 0 && four[i] != text {
			four[i] = four[i][:at]
		}
		text = strings.TrimLeft(strings.TrimPrefix(text, four[i]), " ")
	}
	return four
}

// head is the beginning of a text, at most so many characters.
func head(text string, length int) string {
	if utf8.RuneCountInString(text) <= length {
		return text
	}
	return string([]rune(text)[:length])
}
