package sapsim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// Document is an IDoc that SAP made about an order.
type Document struct {
	Number  string // DOCNUM
	Message string // MESTYP: ORDRSP, DESADV, INVOIC or ORDERS
	Order   string // SAP's sales order
	File    string
	Made    time.Time // CREDAT and CRETIM
}

// document is a Document with its content, so that it can be sent again.
type document struct {
	Document
	root, kind string
	segments   []*idoc.Segment
}

// Documents are all that SAP made about orders, in that order, those that were sent again among them.
func (s *Simulator) Documents() []Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Document, 0, len(s.documents))
	for _, d := range s.documents {
		all = append(all, d.Document)
	}
	return all
}

// make makes a document about an order and puts it where the next answer takes it from. Documents about one order are a second
// apart at least, in the control record and in their names. The caller holds mu.
func (s *Simulator) make(b *book, root, message, kind string, segments ...*idoc.Segment) (*document, error) {
	b.stamp = later(b.stamp, s.cfg.Clock())
	d := &document{Document{Number: s.number(), Message: message, Order: b.SalesOrder, Made: b.stamp}, root, kind, segments}
	return d, s.lay(d, b.stamp)
}

// later is now in whole seconds, or a second after the last.
func later(last, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if !now.After(last) {
		now = last.Add(time.Second)
	}
	return now
}

// lay writes the file of a document.
func (s *Simulator) lay(d *document, at time.Time) error {
	var b bytes.Buffer
	out, err := idoc.NewWriter(&b, d.root)
	if err == nil {
		err = out.Write(&idoc.IDoc{Control: s.control(d), Segments: d.segments})
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("write %s %s: %w", d.Message, d.Number, err)
	}
	s.files++
	d.File = fmt.Sprintf("%s_%s_%04d_%s.xml", d.kind, at.Format("20060102T150405Z"), s.files%10_000, d.Number)
	s.know.sent[sent{d.Message, d.Number}] = true
	s.documents = append(s.documents, d)
	s.unsent = append(s.unsent, File{d.File, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }})
	return nil
}

func (s *Simulator) control(d *document) idoc.Control {
	return idoc.Control{
		MANDT: s.cfg.Client, DOCNUM: d.Number, DOCREL: "750", DIRECT: "1", IDOCTYP: d.root, MESTYP: d.Message,
		SNDPOR: "SAPPRD", SNDPRT: "LS", SNDPRN: s.cfg.SAP, RCVPOR: "SHOP", RCVPRT: "LS", RCVPRN: s.cfg.Shop,
		CREDAT: d.Made.Format("20060102"), CRETIM: d.Made.Format("150405"),
	}
}

// dropped sends what was made. A file that does not get through is tried again at the next look.
func (s *Simulator) dropped(ctx context.Context, d *document) error {
	s.cfg.Log.InfoContext(ctx, "SAP answers", "message", d.Message, "sales_order", d.Order, "file", d.File)
	if err := s.answer(ctx); err != nil {
		return fmt.Errorf("%s %s about order %s is made and waits: %w", d.Message, d.Number, d.Order, err)
	}
	return nil
}

// Resend drops a document once more, as it was: the same IDoc in a file of its own.
func (s *Simulator) Resend(ctx context.Context, number string) (Document, error) {
	return s.again(ctx, number, func(*document) {})
}

// Late drops a document that was made when the named one was and says the same, but has not come yet: what is older than all
// that was sent since.
func (s *Simulator) Late(ctx context.Context, number string) (Document, error) {
	return s.again(ctx, number, func(d *document) { d.Number = s.number() })
}

func (s *Simulator) again(ctx context.Context, number string, change func(*document)) (Document, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.documents, func(d *document) bool { return d.Number == number })
	if i < 0 {
		s.mu.Unlock()
		return Document{}, fmt.Errorf("SAP made no document %q", number)
	}
	d := *s.documents[i]
	change(&d)
	b, err := s.find(d.Order)
	if err == nil {
		b.stamp = later(b.stamp, s.cfg.Clock())
		err = s.lay(&d, b.stamp)
	}
	s.mu.Unlock()
	if err != nil {
		return Document{}, err
	}
	return d.Document, s.dropped(ctx, &d)
}

// Verdict waits for the shop's confirmation of a document.
func (s *Simulator) Verdict(ctx context.Context, number string) (Confirmation, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		i := slices.IndexFunc(s.confirmations, func(c Confirmation) bool { return c.Document == number })
		if i >= 0 {
			c := s.confirmations[i]
			s.mu.Unlock()
			return c, nil
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return Confirmation{}, fmt.Errorf("wait for the shop's confirmation of document %s: %w", number, ctx.Err())
		case <-changed:
		}
	}
}
