package sap

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

// Settings are what a channel of this module can be told.
func Settings() resource.Fields {
	return resource.Fields{
		resource.Text("sender").Max(10).Default("PRDCLNT100").Required().Doc("SAP's partner number: SNDPRN of what comes, RCVPRN of what goes."),
		resource.Text("receiver").Max(10).Default("SHOP").Required().Doc("The shop's partner number: RCVPRN of what comes, SNDPRN of what goes."),
		resource.Text("senderPort").Max(10).Default("SAPPRD").Required().Doc("SAP's port: RCVPOR of what goes."),
		resource.Text("receiverPort").Max(10).Default("SHOP").Required().Doc("The shop's port: SNDPOR of what goes."),
		resource.Text("system").Max(64).Default("SAP").Required().Doc("Code of the partner whose external ids are SAP's numbers of customers and materials; a record without one goes by its own number."),
		resource.Text("timeZone").Max(64).Default("UTC").Required().Eg("Europe/Berlin").Doc("IANA time zone of SAP's dates and times."),
		resource.Text("client").Max(3).Eg("100").Doc("SAP's client: MANDT of what goes; left out if empty."),
		resource.Text("salesOrganization").Max(4).Default("1000").Required().Doc("VKORG. Segments of other sales areas are left out, with a warning."),
		resource.Text("distributionChannel").Max(2).Default("10").Required().Doc("VTWEG."),
		resource.Text("division").Max(2).Default("00").Required().Doc("SPART."),
		resource.Text("creditControlArea").Max(4).Doc("KKBER whose credit limit counts; the first that is sent if empty."),
		resource.Currency("currency").Default("EUR").Required().Doc("Currency of conditions and sums that name none."),
		resource.Text("website").Max(64).Default("default").Required().Doc("Code of the website that prices for everybody are for."),
		resource.Text("websiteList").Max(64).Default("SAP").Required().Doc("Code of the price list of conditions with MATNR alone."),
		resource.Text("customerList").Max(64).Default("SAP-C-{KUNNR}").Required().Doc("Code of a customer's price list; {KUNNR} is his number."),
		resource.Text("groupList").Max(64).Default("SAP-G-{KDGRP}").Required().Doc("Code of a customer group's price list; {KDGRP} is its code."),
		resource.Text("conditionTypes").Default("PR00 PPR0").Required().Doc("KSCHL of conditions that are prices, separated by blanks; others are left out."),
		resource.Enum("stock", "LABST", "LABST-EISBE").Default("LABST").Required().Doc("What counts as stock on hand: unrestricted stock, or that without the safety stock."),
		resource.Text("orderType").Max(4).Default("OR").Required().Doc("BSART of orders."),
		resource.Text("freightCondition").Max(4).Default("HD00").Required().Doc("KSCHL of the shipping costs of orders."),
		resource.Text("grossCondition").Max(4).Default("PR01").Required().Doc("KSCHL of an item's price that includes its tax."),
		resource.Text("discountCondition").Max(4).Default("HB00").Required().Doc("KSCHL of what is taken off an order as a whole."),
		resource.Text("orderText").Max(4).Default("0001").Required().Doc("TDID of the buyer's remark on an order."),
		resource.Text("paymentText").Max(4).Default("0002").Required().Doc("TDID of the code of the payment method, on orders that are not on account."),
		resource.Text("lineText").Max(4).Default("0001").Required().Doc("TDID of the buyer's remark on a line."),
		resource.List("units", 500, resource.Fields{
			resource.Text("sap").Max(3).Required().Doc("SAP's code."),
			resource.Text("code").Max(8).Required().Doc("UN/ECE code."),
		}).Default("[]").Doc("Codes of units that differ from what the unit aliases say, both ways; of several codes for a unit the first goes out."),
		resource.List("paymentTerms", 500, resource.Fields{
			resource.Text("sap").Max(4).Required().Doc("ZTERM."),
			resource.Text("code").Max(64).Required().Doc("Code of the payment term here."),
		}).Default("[]").Doc("Payment terms that have another code here than in SAP, both ways."),
		resource.List("paymentMethods", 100, resource.Fields{
			resource.Text("sap").Max(4).Required().Doc("ZTERM."),
			resource.Text("code").Max(64).Required().Doc("Code of the payment method here, such as stripe."),
		}).Default("[]").Doc("Terms under which orders go to SAP that are not paid on account: by card, for instance."),
		resource.List("carriers", 500, resource.Fields{
			resource.Text("sap").Max(10).Required().Doc("SAP's number of the forwarding agent, LIFNR."),
			resource.Text("code").Max(64).Required().Doc("The carrier here, such as FedEx."),
		}).Default("[]").Doc("Carriers as SAP's forwarding agents, both ways."),
	}
}

// settings are a channel's settings as mappings see them, below "settings" of their input.
type settings struct {
	module.Settings
	tree map[string]any
	zone *time.Location
}

// codes is one direction of a value map.
type codes = map[string]any

func parseSettings(s module.Settings) (*settings, error) {
	tree := make(map[string]any, len(s)+4)
	for name, text := range s {
		tree[name] = text
	}
	types := []any{}
	for _, t := range strings.Fields(s["conditionTypes"]) {
		types = append(types, t)
	}
	tree["conditionTypes"] = types
	for _, name := range []string{"units", "paymentTerms", "paymentMethods", "carriers"} {
		here, there, err := valueMap(s[name])
		if err != nil {
			return nil, fmt.Errorf("setting %s of the SAP channel: %w", name, err)
		}
		tree[name] = map[string]any{"in": here, "out": there}
	}
	zone, err := time.LoadLocation(s["timeZone"])
	if err != nil {
		return nil, fmt.Errorf("setting timeZone of the SAP channel: %w; write a name such as Europe/Berlin", err)
	}
	return &settings{s, tree, zone}, nil
}

// valueMap reads a list of pairs into both directions; where a code is named twice the first counts.
func valueMap(text string) (in, out codes, err error) {
	in, out = codes{}, codes{}
	if text == "" {
		return in, out, nil
	}
	var pairs []struct{ SAP, Code string }
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, nil, err
	}
	for _, p := range pairs {
		if _, taken := in[p.SAP]; !taken {
			in[p.SAP] = p.Code
		}
		if _, taken := out[p.Code]; !taken {
			out[p.Code] = p.SAP
		}
	}
	return in, out, nil
}
