package sap

import (
	"fmt"
	"time"

	"github.com/hanse-commerce/hanse/format/idoc"
	"github.com/hanse-commerce/hanse/module"
)

// message identifies an IDoc by (SNDPRN, MESTYP, DOCNUM).
func (s *settings) message(c *idoc.Control) module.Message {
	m := module.Message{Sender: c.SNDPRN, Type: c.MESTYP, Number: c.DOCNUM}
	if at, err := time.ParseInLocation("20060102150405", c.CREDAT+c.CRETIM, s.zone); err == nil {
		m.Time = at
	}
	return m
}

// stranger tells why an IDoc is none of the channel's.
func (s *settings) stranger(c *idoc.Control) *module.Notice {
	for _, f := range []struct{ field, got, setting string }{{"SNDPRN", c.SNDPRN, "sender"}, {"RCVPRN", c.RCVPRN, "receiver"}} {
		if want := s.Settings[f.setting]; f.got != want {
			return &module.Notice{Field: f.field, Class: "value", Code: "wrong_partner",
				Detail: fmt.Sprintf("%s of the control record is %q, but the channel takes IDocs with %q only (setting %s).", f.field, f.got, want, f.setting)}
		}
	}
	if c.DOCNUM == "" {
		return &module.Notice{Field: "DOCNUM", Class: "missing", Code: "document_number_missing",
			Detail: "The control record has no DOCNUM, by which an IDoc is confirmed and a resend known."}
	}
	return nil
}

// control is the control record of what goes to SAP, the sides changed round.
func (s *settings) control(kind, message, number string, at time.Time) idoc.Control {
	at = at.In(s.zone)
	return idoc.Control{
		MANDT: s.Settings["client"], DOCNUM: fmt.Sprintf("%016s", number), DIRECT: "2", IDOCTYP: kind, MESTYP: message,
		SNDPOR: s.Settings["receiverPort"], SNDPRT: "LS", SNDPRN: s.Settings["receiver"],
		RCVPOR: s.Settings["senderPort"], RCVPRT: "LS", RCVPRN: s.Settings["sender"],
		CREDAT: at.Format("20060102"), CRETIM: at.Format("150405"),
	}
}
