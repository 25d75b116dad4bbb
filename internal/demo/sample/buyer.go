package sample

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Buyer is the person who buys for a customer: Northwind's contact with an invented e-mail address. SAP does not send these.
type Buyer struct {
	Email, FirstName, LastName string
	Title                      string // what the person is there, such as Owner
	Phone                      string
	Language                   string // en or de
	Customer                   string // KUNNR
}

// Buyers are the buyers of all customers, one each, in the customers' order.
func (c *Company) Buyers() []Buyer {
	buyers := make([]Buyer, len(c.Customers))
	for i := range c.Customers {
		buyers[i] = c.Customers[i].buyer()
	}
	return buyers
}

func (k *Customer) buyer() Buyer {
	first, last := splitName(k.contact)
	domain := strings.ToLower(k.code) + ".example" // RFC 2606: nobody's domain
	return Buyer{
		Email:     strings.Join(strings.Fields(ascii(k.contact)), ".") + "@" + domain,
		FirstName: first, LastName: last, Title: k.contactTitle, Phone: k.Phone, Language: k.Language, Customer: k.Number,
	}
}

// splitName takes the last word as the family name, with a "de" before it.
func splitName(name string) (first, last string) {
	words := strings.Fields(name)
	at := len(words) - 1
	if at > 1 && words[at-1] == "de" {
		at--
	}
	return strings.Join(words[:at], " "), strings.Join(words[at:], " ")
}

var germanLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ø", "oe", "æ", "ae")

// ascii writes a name in the small letters of an e-mail address.
func ascii(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(germanLetters.Replace(strings.ToLower(name))) {
		if r == ' ' || unicode.IsLetter(r) && r < unicode.MaxASCII {
			b.WriteRune(r)
		}
	}
	return b.String()
}
