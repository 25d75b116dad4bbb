package sapsim

import (
	"bytes"
	"fmt"
)

// Judge tells SAP's verdict on a file of orders that did not come over SFTP. What it posts is posted.
func (s *Simulator) Judge(name string, content []byte) []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.judge(name, content)
}

// judge reads a file of orders. If it is not well-formed, there is nothing to answer: one order without a status.
func (s *Simulator) judge(name string, content []byte) []Order {
	var orders []Order
	err := readIDocs(bytes.NewReader(content), func(root string, idoc *segment) error {
		orders = append(orders, s.post(name, root, idoc))
		return nil
	})
	if err != nil || len(orders) == 0 {
		text := "the file holds no IDoc"
		if err != nil {
			text = err.Error()
		}
		return []Order{{File: name, Received: s.cfg.Clock(), Problems: []Problem{{Text: text}}}}
	}
	return orders
}

// post judges one IDoc and remembers it if it is an order now.
func (s *Simulator) post(name, root string, idoc *segment) Order {
	j := &judgement{cfg: &s.cfg, know: &s.know, idoc: idoc, root: root, order: Order{File: name, Received: s.cfg.Clock()}}
	j.run()
	o := j.order
	o.Status = Refused
	if len(o.Problems) == 0 {
		o.Status, o.SalesOrder = Posted, s.salesOrder()
		s.know.posted[purchase{o.Customer, o.Number}] = o.SalesOrder
		s.know.received[o.Document] = name
		s.books = append(s.books, newBook(o))
	}
	return o
}

// salesOrder is a new number of ten digits.
func (s *Simulator) salesOrder() string {
	s.lastOrder = max(s.lastOrder+1, s.cfg.Clock().Unix())
	return fmt.Sprintf("%010d", s.lastOrder)
}
