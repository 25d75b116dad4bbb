package sample

import (
	"fmt"
	"io"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// SAP's view of both ends, as the demo's channel is set.
const (
	sender, receiver = "PRDCLNT100", "SHOP"
	client           = "100"
	salesOrg         = "1000"
	distribution     = "10"
	division         = "00"
)

// seg makes a segment of names and values in SAP's order; an empty value is left out.
func seg(name string, fields ...string) *idoc.Segment {
	s := &idoc.Segment{Name: name}
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] != "" {
			s.Fields = append(s.Fields, idoc.Field{Name: fields[i], Value: fields[i+1]})
		}
	}
	return s
}

// with puts segments below another and returns that.
func with(s *idoc.Segment, below ...*idoc.Segment) *idoc.Segment {
	s.Children = append(s.Children, below...)
	return s
}

// writeIDocs writes a file of IDocs of one type, each with a control record of SAP's.
func writeIDocs(w io.Writer, d document, idocType, message string, each func(write func(*idoc.Segment) error) error) error {
	out, err := idoc.NewWriter(w, idocType)
	if err != nil {
		return err
	}
	count := 0
	err = each(func(data *idoc.Segment) error {
		control := d.control(count, idocType, message)
		count++
		return out.Write(&idoc.IDoc{Control: control, Segments: []*idoc.Segment{data}})
	})
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("write IDoc %d of message %s: %w", count, message, err)
	}
	return nil
}

func (d document) control(n int, idocType, message string) idoc.Control {
	return idoc.Control{
		MANDT: client, DOCNUM: d.number(n), DOCREL: "750", DIRECT: "1", IDOCTYP: idocType, MESTYP: message,
		SNDPOR: "SAPPRD", SNDPRT: "LS", SNDPRN: sender, RCVPOR: "SHOP", RCVPRT: "LS", RCVPRN: receiver,
		CREDAT: d.created.Format("20060102"), CRETIM: d.created.Format("150405"),
	}
}
