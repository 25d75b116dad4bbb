package sample

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/hanse-commerce/hanse/format/idoc"
)

// writeCustomers writes all customers, one DEBMAS07 each.
func (c *Company) writeCustomers(w io.Writer, d document) error {
	return writeIDocs(w, d, "DEBMAS07", "DEBMAS", func(write func(*idoc.Segment) error) error {
		for i := range c.Customers {
			if err := write(c.Customers[i].segment()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *Customer) segment() *idoc.Segment {
	name1, name2 := cut(k.Name, 35)
	street, district := cut(k.Street, 35)
	region, block, language := k.Region, "", "E"
	if utf8.RuneCountInString(region) > 3 {
		region = "" // SAP knows regions by code only
	}
	if k.OrderBlock {
		block = "01"
	}
	if k.Language == "de" {
		language = "D"
	}
	buyer := k.buyer()
	return with(seg("E1KNA1M", "MSGFN", "005", "KUNNR", k.Number, "AUFSD", block, "KTOKD", "0001", "LAND1", k.Country,
		"NAME1", name1, "NAME2", name2, "ORT01", k.City, "ORT02", district, "PSTLZ", k.PostalCode, "REGIO", region,
		"SORTL", k.code, "SPRAS", language, "STRAS", street, "TELF1", k.phone16(), "SPRAS_ISO", strings.ToUpper(k.Language)),
		seg("E1KNVVM", "MSGFN", "005", "VKORG", salesOrg, "VTWEG", distribution, "SPART", division, "KDGRP", k.Group,
			"WAERS", Currency, "ZTERM", k.PaymentTerm),
		seg("E1KNVKM", "MSGFN", "005", "PARNR", k.Number, "NAMEV", buyer.FirstName, "NAME1", buyer.LastName),
		seg("E1KNKKM", "MSGFN", "005", "KKBER", salesOrg, "KLIMK", k.CreditLimit.StringFixed(2)))
}

// cut splits a text at a blank so that the first part fits SAP's field.
func cut(s string, length int) (fits, rest string) {
	if utf8.RuneCountInString(s) <= length {
		return s, ""
	}
	head := string([]rune(s)[:length+1])
	at := strings.LastIndex(head, " ")
	if at < 0 {
		at = len(string([]rune(s)[:length]))
	}
	return s[:at], strings.TrimSpace(s[at:])
}

// phone16 leaves out the blanks of a number that is too long for TELF1.
func (k *Customer) phone16() string {
	if len(k.Phone) <= 16 {
		return k.Phone
	}
	return strings.ReplaceAll(k.Phone, " ", "")
}
