package sapsim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// knowledge is SAP's master data, as far as its own files told it, and the documents that came and went.
type knowledge struct {
	customers  map[string]*customer
	materials  map[string]*material
	conditions map[conditionKey][]*condition
	sent       map[sent]bool
	received   map[string]string   // the shop's document numbers that were posted -> file
	posted     map[purchase]string // -> sales order
}

// purchase is how a customer names his order.
type purchase struct{ customer, number string }

// sent is a document of SAP's own.
type sent struct{ message, number string }

// customer is a customer master record.
type customer struct {
	group            string // KDGRP in SAP's sales area
	blocked, deleted bool   // AUFSD, LOEVM
}

func newKnowledge() knowledge {
	return knowledge{customers: map[string]*customer{}, materials: map[string]*material{},
		conditions: map[conditionKey][]*condition{}, sent: map[sent]bool{}, received: map[string]string{},
		posted: map[purchase]string{}}
}

// learn reads one of SAP's own files.
func (s *Simulator) learn(name string, r io.Reader) error {
	switch path.Ext(name) {
	case ".xml":
		return readIDocs(r, func(_ string, idoc *segment) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.know.idoc(idoc)
		})
	case ".csv":
		kind, _, _ := strings.Cut(name, "_")
		return eachRow(r, func(row map[string]string) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.know.row(kind, row)
		})
	}
	return nil
}

func (k *knowledge) idoc(idoc *segment) error {
	control := idoc.first("EDI_DC40")
	message, number := control.value("MESTYP"), control.value("DOCNUM")
	k.sent[sent{message, number}] = true
	if len(idoc.below) < 2 {
		return fmt.Errorf("%s %s has no data", message, number)
	}
	data := idoc.below[1]
	if data.value("MSGFN") == "023" { // do not import
		return nil
	}
	var err error
	switch message {
	case "DEBMAS":
		k.debmas(data)
	case "MATMAS":
		err = k.matmas(data)
	case "COND_A":
		err = k.condA(data)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", message, number, err)
	}
	return nil
}

// debmas takes over a customer, E1KNA1M. MSGFN 004 leaves alone what is absent.
func (k *knowledge) debmas(s *segment) {
	number, function := s.value("KUNNR"), s.value("MSGFN")
	c := k.customers[number]
	if c == nil || function != "004" {
		c = &customer{}
	}
	if area := s.first("E1KNVVM"); area != nil {
		c.group = area.value("KDGRP")
	}
	c.blocked = c.blocked || s.value("AUFSD") != ""
	c.deleted = c.deleted || s.value("LOEVM") != "" || function == "003"
	k.customers[number] = c
}

func (k *knowledge) row(kind string, row map[string]string) error {
	switch kind {
	case "customers":
		k.customers[row["number"]] = &customer{group: row["group"], blocked: row["order_block"] == "true"}
	case "products":
		return k.productRow(row)
	case "prices":
		return k.priceRow(row)
	}
	return nil
}

// eachRow reads a CSV file as SAP writes it: UTF-8, commas.
func eachRow(r io.Reader, use func(row map[string]string) error) error {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read row: %w", err)
		}
		row := make(map[string]string, len(header))
		for i, cell := range cells {
			row[header[i]] = cell
		}
		if err := use(row); err != nil {
			line, _ := in.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}
