package commercetest

import (
	"fmt"

	"github.com/hanse-commerce/hanse/internal/access"
)

func placeholder(n int) string { return fmt.Sprintf("$%d", n) }

func number(n int) string { return fmt.Sprint(n) }

func nth(kind, n int) string { return fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n) }

// Product adds an enabled product in pieces, with a name like its SKU.
func (h *House) Product(sku string) string {
	h.T.Helper()
	return h.Insert("product", map[string]any{"sku": sku, "name": map[string]string{"en": sku}})
}

// Stock says how much of a product lies in a warehouse, by codes and UN/ECE unit; the warehouse is made if there is none.
func (h *House) Stock(warehouse, product, unit, onHand string) string {
	h.T.Helper()
	h.Exec(`INSERT INTO warehouse (id, organization_id, code, name) VALUES (gen_random_uuid(), $1, $2, $2) ON CONFLICT DO NOTHING`,
		h.Organization, warehouse)
	return h.Insert("inventory_level", map[string]any{"warehouse_id": h.ID("warehouse", "code", warehouse), "product_id": product,
		"unit_id": h.Unit(unit), "on_hand": onHand})
}

// Unit finds a unit by its code.
func (h *House) Unit(code string) string { h.T.Helper(); return h.ID("unit", "code", code) }

// List adds a price list for who is named by the column: website_id, customer_group_id or customer_id.
func (h *House) List(code, column, receiver string, priority int) string {
	h.T.Helper()
	list := h.Insert("price_list", map[string]any{"code": code, "name": code})
	h.Insert("price_list_assignment", map[string]any{"price_list_id": list, column: receiver, "priority": priority})
	return list
}

// Price adds a price in euros for pieces from a quantity on.
func (h *House) Price(list, product, minQuantity, amount string) string {
	h.T.Helper()
	return h.Insert("price", map[string]any{"price_list_id": list, "product_id": product, "unit_id": h.Unit("C62"), "currency": "EUR",
		"min_quantity": minQuantity, "amount": amount})
}

// Buyer is a person of a customer on the storefront.
type Buyer struct{ Group, Customer, User string }

// Buyer adds a customer with a group of its own and one person.
func (h *House) Buyer(number string) Buyer {
	h.T.Helper()
	group := h.Insert("customer_group", map[string]any{"code": "group-" + number, "name": number})
	customer := h.Insert("customer", map[string]any{"number": number, "name": number, "group_id": group})
	user := h.Insert("customer_user", map[string]any{"email": "buyer-" + number + "@example.test", "customer_id": customer})
	return Buyer{group, customer, user}
}

// As is the caller that a buyer is, in euros and English.
func (h *House) As(b Buyer) access.Caller {
	return access.Caller{Side: access.Storefront, Actor: access.Actor{Kind: access.CustomerUser, ID: b.User},
		Organization: h.Organization, Customer: b.Customer, Customers: []string{b.Customer}, CustomerUser: b.User,
		CustomerGroup: b.Group, Website: h.Website, Currency: "EUR", Language: "en"}
}
