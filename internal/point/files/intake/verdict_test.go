package intake_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/order"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/module"
)

// aleaud is SAP's answer to the message 42, given at a time of that day.
func aleaud(number, time, status string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<ALEAUD01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>%s</DOCNUM><DIRECT>1</DIRECT><IDOCTYP>ALEAUD01</IDOCTYP><MESTYP>ALEAUD</MESTYP><SNDPRN>PRDCLNT100</SNDPRN><RCVPRN>SHOP</RCVPRN><CREDAT>20261124</CREDAT><CRETIM>120000</CRETIM></EDI_DC40>
<E1ADHDR SEGMENT="1"><MESTYP>ORDERS</MESTYP><E1STATE SEGMENT="1"><DOCNUM>0000000000000042</DOCNUM><LOGDAT>20261124</LOGDAT><LOGTIM>%s</LOGTIM><STATUS>%s</STATUS><STATXT>status %s</STATXT></E1STATE></E1ADHDR>
</IDOC></ALEAUD01>`, number, time, status, status)
}

// SAP refuses an order, takes it when it is processed again, and confirms it. However the files overtake each other, what it
// said last stands, of the message and of the order.
func TestVerdictsOvertakeEachOther(t *testing.T) {
	a := newAnswered(t)
	a.Intake.Acknowledge = func(ctx context.Context, tx pgx.Tx, caller access.Caller, _, record string, k module.Acknowledgement) error {
		return order.Acknowledged(ctx, tx, caller, record, order.Verdict{Accepted: k.Accepted, Status: k.Code, Message: k.Text, Number: k.External, System: caller.Origin})
	}
	caller := a.Partner.Caller("")
	err := pgx.BeginFunc(context.Background(), a.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(context.Background(), tx, caller); err != nil {
			return err
		}
		_, err := exchange.Send(context.Background(), tx, caller, exchange.Departure{Point: "files", Partner: a.Partner.ID, Name: "orders.xml", Reference: "0000000000000042",
			RecordType: "orders", Record: a.order})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stands := func() (text string) {
		a.Scan(&text, `SELECT format('%s %s, the message %s', o.status, o.external_status, e.acknowledgement) FROM sales_order o JOIN exchange e ON e.record_id = o.id::text WHERE o.id = $1`, a.order)
		return text
	}
	const updated, stale = "done: 1 read, 0 created, 1 updated, 0 unchanged, 0 failed", "done: 1 read, 0 created, 0 updated, 1 unchanged, 0 failed stale"
	a.step("refused", a.takes(aleaud("101", "100000", "51")), updated)
	a.step("after it", stands(), "open 51, the message rejected")
	a.step("taken", a.takes(aleaud("103", "100500", "53")), updated)
	a.step("after it", stands(), "confirmed 53, the message accepted")
	a.step("refused before that", a.takes(aleaud("102", "100300", "51")), stale)
	a.step("after it", stands(), "confirmed 53, the message accepted")
	a.step("the confirmation", a.takes(first(a.sample("ordrsp/confirmed"))), updated)
	a.step("refused before that", a.takes(aleaud("104", "100400", "51")), stale)
	a.step("refused after that, which is too late for the order", a.takes(aleaud("105", "110000", "68")), updated)
	a.step("after it", stands(), "confirmed confirmed, the message rejected")
}
