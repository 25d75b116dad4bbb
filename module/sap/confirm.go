package sap

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
)

// maxStates is how many confirmations one ALEAUD01 holds.
const maxStates = 500

// Statuses of an inbound IDoc.
const (
	statusPosted    = "53" // application document posted
	statusNotPosted = "51" // application document not posted
)

// Confirm implements module.Confirmer: it tells SAP of each of its IDocs, in ALEAUD01s of up to 500, whether it was
// imported. A confirmation is never confirmed, and what another system sent is not told to this one.
func (m *Module) Confirm(w io.Writer, kind string, msg module.Message, rows []module.Confirmed, s module.Settings) (base string, ok bool, err error) {
	if kind == "ALEAUD01" {
		return "", false, nil
	}
	set, err := parseSettings(s)
	if err != nil {
		return "", false, err
	}
	var idocs []idoc.IDoc
	for _, states := range split(rows, s["sender"]) {
		control := set.control("ALEAUD01", "ALEAUD", serial(msg.Number, len(idocs)), msg.Time)
		idocs = append(idocs, idoc.IDoc{Control: control, Segments: audit(states, msg.Time.In(set.zone))})
	}
	if len(idocs) == 0 {
		return "", false, nil
	}
	return "aleaud", true, writeFile(w, "ALEAUD01", idocs...)
}

// split gives the rows of IDocs that the sender sent, by 500.
func split(rows []module.Confirmed, sender string) (parts [][]module.Confirmed) {
	for _, r := range rows {
		if r.Message.Sender != sender || r.Message.Number == "" {
			continue
		}
		if n := len(parts); n == 0 || len(parts[n-1]) == maxStates {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], r)
	}
	return parts
}

// serial is the document number of the n-th IDoc of a file, which itself has one number only: the further ones begin with 9,
// which the file numbers of no shop will ever do.
func serial(number string, n int) string {
	if n == 0 {
		return number
	}
	last, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		last = 0
	}
	return fmt.Sprintf("9%05d%010d", n%100_000, last%10_000_000_000)
}

// audit makes an E1ADHDR for each message type with an E1STATE for each IDoc.
func audit(rows []module.Confirmed, at time.Time) (headers []*idoc.Segment) {
	byType := map[string]*idoc.Segment{}
	for _, r := range rows {
		header := byType[r.Message.Type]
		if header == nil {
			header = &idoc.Segment{Name: "E1ADHDR"}
			put(header, "MESTYP", cut(r.Message.Type, 6))
			put(header, "MESTYP_LNG", r.Message.Type)
			byType[r.Message.Type], headers = header, append(headers, header)
		}
		header.Children = append(header.Children, state(r, at))
	}
	return headers
}

// state is one status record. Its message is SAP's free text, number 398 of class 00, whose four places the key and the
// reason fill.
func state(r module.Confirmed, at time.Time) *idoc.Segment {
	status, severity, words := statusPosted, "S", "imported"
	if !r.Applied {
		status, severity, words = statusNotPosted, "E", "not imported"
	} else if r.Detail != "" {
		severity = "W"
	}
	text := r.Key + " " + words
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	s := &idoc.Segment{Name: "E1STATE"}
	put(s, "DOCNUM", r.Message.Number)
	put(s, "LOGDAT", at.Format("20060102"))
	put(s, "LOGTIM", at.Format("150405"))
	put(s, "STATUS", status)
	put(s, "STACOD", "SAP00398")
	put(s, "STATXT", "& & & &")
	places := places(text)
	for i, p := range places {
		put(s, fmt.Sprintf("STAPA%d", i+1), cut(p, 20))
	}
	put(s, "STATYP", severity)
	put(s, "STAMQU", "SAP")
	put(s, "STAMID", "00")
	put(s, "STAMNO", "398")
	for i, p := range places {
		put(s, fmt.Sprintf("STAPA%d_LNG", i+1), p)
	}
	return s
}

// places cuts a text into the four places of 50 characters that a message has; what is left over is lost, as in SAP.
func places(text string) (four [4]string) {
	for i, line := range wrap(strings.Join(strings.Fields(text), " "), 50) {
		if i == len(four) {
			break
		}
		four[i], _ = line.(string)
	}
	return four
}

// put adds a field unless it is empty.
func put(s *idoc.Segment, name, value string) {
	if value != "" {
		s.Fields = append(s.Fields, idoc.Field{Name: name, Value: value})
	}
}
