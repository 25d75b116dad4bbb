package hanse_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestDemoRemembersPayments kills a demo while a buyer stands before the gateway's page. Behind the next start the page is still
// at its address, takes his card, and the order is placed and paid.
func TestDemoRemembersPayments(t *testing.T) {
	t.Parallel()
	data := filepath.Join(program.Folder(t), "data")
	first := program.StartDemo(t, program.Options{}, data)
	buyer := program.Buyer(t, first.Buyer.Email, first.Buyer.Password, first.HTTP)
	sku := ask[string](t, first, "SELECT p.sku FROM product p JOIN inventory_level l ON l.product_id = p.id AND l.unit_id = p.unit_id WHERE l.on_hand - l.reserved > 10 ORDER BY p.sku LIMIT 1")
	checkout := buyer.Prepare(t, sku, "2")
	buyer.Must(t, http.MethodPatch, program.ShopAPI+"/checkouts/"+checkout, map[string]any{"data": map[string]any{"type": "checkouts", "id": checkout,
		"attributes": map[string]any{"paymentMethod": "stripe"}}})
	order := buyer.Must(t, http.MethodPost, program.Placing(checkout), program.Data("checkouts", map[string]any{"returnUrl": first.HTTP + "/"}, nil)).ID()
	page := ask[string](t, first, "SELECT next_url FROM payment WHERE order_id = '"+order+"'")
	first.Kill(t)

	second := program.StartDemo(t, program.Options{}, data)
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm(page, url.Values{"number": {"4242424242424242"}, "month": {"12"}, "year": {fmt.Sprint(time.Now().Year() + 2)}, "cvc": {"123"}})
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the gateway's page answers %s\n%.2000s", answer.Status, said)
	}
	program.Eventually(t, func() error { // by the gateway's message
		status := ask[string](t, second, "SELECT o.status || ' ' || p.status FROM sales_order o JOIN payment p ON p.order_id = o.id WHERE o.id = '"+order+"'")
		if status != "open authorized" && status != "open partlyCaptured" && status != "open captured" && status != "completed captured" {
			return fmt.Errorf("order and payment are %s", status)
		}
		return nil
	})
	stops(t, second)
}
