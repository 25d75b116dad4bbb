package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// client is a buyer at the storefront API.
type client struct {
	base string
	http *http.Client
}

// do sends JSON and reads the document that comes back.
func (c *client) do(ctx context.Context, method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/vnd.api+json")
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, response.Status, b)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// record is a document of one record, records one of many.
type (
	record struct {
		Data struct {
			ID         string
			Attributes struct{ Status, PaymentStatus string }
		}
	}
	records struct {
		Data []struct {
			ID         string
			Attributes struct{ SKU string }
		}
	}
)

func data(kind string, attributes, relationships map[string]any) map[string]any {
	return map[string]any{"data": map[string]any{"type": kind, "attributes": attributes, "relationships": relationships}}
}

func to(kind, id string) map[string]any {
	return map[string]any{"data": map[string]string{"type": kind, "id": id}}
}

// prepare makes a checkout of so many lines that can be placed.
func (c *client) prepare(ctx context.Context, lines int) (string, error) {
	var cart, checkout record
	if err := c.do(ctx, http.MethodPost, "/carts", data("carts", map[string]any{}, nil), &cart); err != nil {
		return "", err
	}
	var products, addresses records
	path := "/products?fields[products]=sku&filter[kind]=simple&sort=sku&page[size]=" + url.QueryEscape(fmt.Sprint(lines))
	if err := c.do(ctx, http.MethodGet, path, nil, &products); err != nil {
		return "", err
	}
	var added []map[string]string
	for _, p := range products.Data {
		added = append(added, map[string]string{"sku": p.Attributes.SKU, "quantity": "1"})
	}
	if len(added) != lines {
		return "", fmt.Errorf("there are %d products, expected %d", len(added), lines)
	}
	if err := c.do(ctx, http.MethodPost, "/carts/"+cart.Data.ID+"/actions/addLines", data("carts", map[string]any{"lines": added}, nil), nil); err != nil {
		return "", err
	}
	if err := c.do(ctx, http.MethodGet, "/customerAddresses", nil, &addresses); err != nil || len(addresses.Data) == 0 {
		return "", fmt.Errorf("the buyer has no address: %w", err)
	}
	err := c.do(ctx, http.MethodPost, "/checkouts", data("checkouts", map[string]any{"poNumber": "PO"}, map[string]any{"cart": to("carts", cart.Data.ID),
		"shippingAddress": to("customerAddresses", addresses.Data[0].ID), "shippingMethod": to("shippingMethods", "key:STANDARD")}), &checkout)
	return checkout.Data.ID, err
}

// place places a checkout; the order must stand, and one by card be authorized.
func (c *client) place(ctx context.Context, checkout string, input map[string]any) error {
	var order record
	if err := c.do(ctx, http.MethodPost, "/checkouts/"+checkout+"/actions/place", data("checkouts", input, nil), &order); err != nil {
		return err
	}
	a := order.Data.Attributes
	if a.Status != "open" || input["paymentToken"] != nil && a.PaymentStatus != "authorized" {
		return fmt.Errorf("the order is %s, its payment %s", a.Status, a.PaymentStatus)
	}
	return nil
}
