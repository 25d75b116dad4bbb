package sapsim

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Confirmation is what the shop said of one of SAP's own IDocs, in an ALEAUD that SAP pulled.
type Confirmation struct {
	File     string
	Message  string // MESTYP of SAP's IDoc, such as MATMAS
	Document string // its DOCNUM
	Status   string // 53 posted, 51 not posted
	Text     string
	Problem  string // why SAP does not accept the confirmation itself; empty if it does
}

// Confirmations are all confirmations that SAP pulled, in that order.
func (s *Simulator) Confirmations() []Confirmation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.confirmations)
}

// AwaitConfirmations waits until at least n confirmations were pulled and returns them all.
func (s *Simulator) AwaitConfirmations(ctx context.Context, n int) ([]Confirmation, error) {
	for {
		s.mu.Lock()
		changed, got := s.changed, slices.Clone(s.confirmations)
		s.mu.Unlock()
		if len(got) >= n {
			return got, nil
		}
		select {
		case <-ctx.Done():
			return got, fmt.Errorf("wait for %d confirmations at SAP, %d are there: %w", n, len(got), ctx.Err())
		case <-changed:
		}
	}
}

func (s *Simulator) receiveConfirmations(ctx context.Context, name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.confirmations)
	err := readIDocs(bytes.NewReader(content), func(_ string, idoc *segment) error {
		s.confirm(name, idoc)
		return nil
	})
	if err != nil {
		s.confirmations = append(s.confirmations, Confirmation{File: name, Problem: err.Error()})
	}
	for _, c := range s.confirmations[before:] {
		if c.Problem != "" {
			s.cfg.Log.WarnContext(ctx, "SAP does not accept a confirmation", "file", name, "document", c.Document, "reason", c.Problem)
		}
	}
	s.announce()
}

func (s *Simulator) confirm(name string, idoc *segment) {
	problem := s.controlProblem(idoc)
	for _, header := range idoc.all("E1ADHDR") {
		states := header.all("E1STATE")
		if len(states) > maxStates && problem == "" {
			problem = fmt.Sprintf("an ALEAUD01 holds at most %d confirmations, this one %d", maxStates, len(states))
		}
		for _, state := range states {
			c := Confirmation{File: name, Message: messageType(header), Document: state.value("DOCNUM"), Status: state.value("STATUS"),
				Text: statusText(state), Problem: problem}
			switch {
			case c.Problem != "":
			case !s.know.sent[sent{c.Message, c.Document}]:
				c.Problem = fmt.Sprintf("SAP never sent a %s with the number %q", c.Message, c.Document)
			case !inboundStatus[c.Status]:
				c.Problem = fmt.Sprintf("%q is no status of an inbound IDoc", c.Status)
			}
			s.confirmations = append(s.confirmations, c)
		}
	}
}

// inboundStatus are SAP's statuses of inbound IDocs that an audit may report.
var inboundStatus = map[string]bool{"50": true, "51": true, "52": true, "53": true, "56": true, "60": true, "62": true,
	"63": true, "64": true, "65": true, "66": true, "68": true}

func messageType(header *segment) string {
	if m := header.value("MESTYP"); m != "" {
		return m
	}
	return header.value("MESTYP_LNG") // MESTYP has room for six characters only
}

// statusText puts the parameters into the places of the text: "&1" to "&4", or "&" one after another.
func statusText(state *segment) string {
	text := state.value("STATXT")
	for i := 1; i <= 4; i++ {
		value := state.value(fmt.Sprintf("STAPA%d_LNG", i))
		if value == "" {
			value = state.value(fmt.Sprintf("STAPA%d", i))
		}
		if place := fmt.Sprintf("&%d", i); strings.Contains(text, place) {
			text = strings.ReplaceAll(text, place, value)
		} else {
			text = strings.Replace(text, "&", value, 1)
		}
	}
	return strings.TrimRight(text, " ")
}

func (s *Simulator) controlProblem(idoc *segment) string {
	control := idoc.first("EDI_DC40")
	for _, f := range []struct{ name, want string }{
		{"TABNAM", "EDI_DC40"}, {"DIRECT", "2"}, {"IDOCTYP", "ALEAUD01"}, {"MESTYP", "ALEAUD"},
		{"SNDPRT", "LS"}, {"SNDPRN", s.cfg.Shop}, {"RCVPRT", "LS"}, {"RCVPRN", s.cfg.SAP},
	} {
		if got := control.value(f.name); got != f.want {
			return fmt.Sprintf("%s of the control record is %q; %q was expected", f.name, got, f.want)
		}
	}
	return ""
}
