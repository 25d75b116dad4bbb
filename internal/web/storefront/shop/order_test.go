package shop_test

import "testing"

// What the ERP has nothing for yet stays on order, what it rejects does not come: the buyer reads which of them it is.
func TestOrderShowsWhatIsNotConfirmed(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	path := g.order("NW-001", "2")
	for _, c := range []struct{ confirmed, shipped, status, shows, hides string }{
		{"NULL", "0", "", "Items", "onfirmed"},
		{"0", "0", "unconfirmed", "Not confirmed yet, stays on order", "ejected"},
		{"1", "0", "partlyConfirmed", "1 confirmed", "stays on order"},
		{"0", "0", "rejected", "Rejected: nothing of it will come", "onfirmed"},
		{"1", "0", "rejected", "The rest is rejected: no more will come", "nothing of it"},
		{"0", "1", "rejected", "The rest is rejected: no more will come", "onfirmed"},
	} {
		s.Exec("UPDATE order_line SET confirmed_quantity = "+c.confirmed+", shipped_quantity = "+c.shipped+", external_status = $1", c.status)
		g.get(path).shows(c.shows).hides(c.hides)
	}
}

// Times are those of the seller's clock, and what the ERP did stands apart from what it said.
func TestOrderShowsItsWayToTheERP(t *testing.T) {
	s := open(t)
	g := s.buyer(t, "1000")
	path := g.order("NW-001", "2")
	s.Exec("UPDATE organization SET time_zone = 'Europe/Berlin' WHERE id = $1", s.Organization)
	s.Exec(`UPDATE sales_order SET placed_at = '2030-01-01T23:30Z', exported_at = '2030-01-01T23:31Z', collected_at = '2030-01-01T23:32Z'`)
	g.get(path).shows("Placed on 2 Jan 2030, 00:30", "Handed over as a file – done 2 Jan 2030, 00:31", "Collected by SAP – done 2 Jan 2030, 00:32",
		"Accepted by SAP – waiting", "Open")
	s.Exec(`UPDATE sales_order SET status = 'confirmed', accepted_at = '2030-01-01T23:40Z'`)
	g.get(path).shows("Accepted by SAP – done 2 Jan 2030, 00:40", "Confirmed")
	s.Exec(`UPDATE sales_order SET status = 'open', accepted_at = NULL, refused_at = '2030-01-01T23:50Z', external_message = 'internal words'`)
	g.get(path).shows("Refused by SAP – failed 2 Jan 2030, 00:50", "Refused").hides("internal words")
}
