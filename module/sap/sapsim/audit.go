package sapsim

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// maxStates is how many confirmations an ALEAUD01 holds.
const maxStates = 500

// audit writes the answer to orders, an ALEAUD01 (message ALEAUD) for each 500 of them, and names its file. Orders that
// bear no document number cannot be answered: nil if none is left. The caller holds mu.
func (s *Simulator) audit(orders []Order) (content []byte, file string, err error) {
	var states []*idoc.Segment
	for _, o := range orders {
		if o.Status != "" && o.Document != "" {
			states = append(states, s.state(o))
		}
	}
	if states == nil {
		return nil, "", nil
	}
	var b bytes.Buffer
	out, err := idoc.NewWriter(&b, "ALEAUD01")
	if err != nil {
		return nil, "", err
	}
	for len(states) > 0 && err == nil {
		n := min(len(states), maxStates)
		d := s.auditIDoc(states[:n])
		states = states[n:]
		if file == "" {
			file = fmt.Sprintf("aleaud_%s_%s.xml", s.cfg.Clock().UTC().Format("20060102T150405Z"), d.Control.DOCNUM)
		}
		err = out.Write(d)
	}
	if err == nil {
		err = out.Close()
	}
	return b.Bytes(), file, err
}

func (s *Simulator) auditIDoc(states []*idoc.Segment) *idoc.IDoc {
	now := s.cfg.Clock().UTC()
	header := &idoc.Segment{Name: "E1ADHDR", Children: states}
	put(header, "MESTYP", "ORDERS")
	put(header, "MESTYP_LNG", "ORDERS")
	return &idoc.IDoc{
		Control: idoc.Control{
			MANDT: s.cfg.Client, DOCNUM: s.number(), DOCREL: "750", DIRECT: "1", IDOCTYP: "ALEAUD01", MESTYP: "ALEAUD",
			SNDPOR: "SAPPRD", SNDPRT: "LS", SNDPRN: s.cfg.SAP, RCVPOR: "SHOP", RCVPRT: "LS", RCVPRN: s.cfg.Shop,
			CREDAT: now.Format("20060102"), CRETIM: now.Format("150405"),
		},
		Segments: []*idoc.Segment{header},
	}
}

// state is the status record of one order with SAP's message: number 311 of class V1, or the free text 398 of class 00. As
// in SAP, the text has places that the parameters fill.
func (s *Simulator) state(o Order) *idoc.Segment {
	now := s.cfg.Clock().UTC()
	class, number, kind, text := "V1", "311", "S", "& & has been saved"
	parameters := [4]string{"Standard Order", o.SalesOrder}
	if o.Status == Refused {
		class, number, kind, text = "00", "398", "E", "& & & &"
		parameters = parts(o.Problems[0].String())
	}
	state := &idoc.Segment{Name: "E1STATE", Children: []*idoc.Segment{s.object(o)}}
	put(state, "DOCNUM", o.Document)
	put(state, "LOGDAT", now.Format("20060102"))
	put(state, "LOGTIM", now.Format("150405"))
	put(state, "STATUS", o.Status)
	put(state, "STACOD", "SAP"+class+number)
	put(state, "STATXT", text)
	for i, p := range parameters {
		put(state, fmt.Sprintf("STAPA%d", i+1), head(p, 20))
	}
	put(state, "STATYP", kind)
	put(state, "STAMQU", "SAP")
	put(state, "STAMID", class)
	put(state, "STAMNO", number)
	for i, p := range parameters {
		put(state, fmt.Sprintf("STAPA%d_LNG", i+1), p)
	}
	return state
}

// object is what SAP made of the order: its own IDoc and, if it was posted, the sales order.
func (s *Simulator) object(o Order) *idoc.Segment {
	object := &idoc.Segment{Name: "E1PRTOB"}
	put(object, "DOCNUM", s.number())
	put(object, "LOGSYS", s.cfg.SAP)
	if o.Status == Posted {
		put(object, "OBJTYPE", "BUS2032") // sales order
		put(object, "OBJKEY", o.SalesOrder)
	}
	return object
}

// put adds a field unless it is empty.
func put(s *idoc.Segment, name, value string) {
	if value != "" {
		s.Fields = append(s.Fields, idoc.Field{Name: name, Value: value})
	}
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
