package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// till is the gateway as a buyer's browser and an auditor see it: it takes cards, asks the holder, and tells what is on its
// books.
type till struct {
	base, key string
	http      *http.Client
}

func newTill(base string) *till {
	return &till{base: base, http: &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// token gives a card to the gateway, which gives a word for it, as its script in a browser does.
func (t *till) token(ctx context.Context, number string) (string, error) {
	form := url.Values{"payment_method_data[type]": {"card"}, "payment_method_data[card][number]": {number}, "payment_method_data[card][exp_month]": {"12"},
		"payment_method_data[card][exp_year]": {fmt.Sprint(time.Now().Year() + 3)}, "payment_method_data[card][cvc]": {"123"}}
	var made struct {
		ID string `json:"id"`
	}
	return made.ID, t.call(ctx, http.MethodPost, "/v1/confirmation_tokens", form, &made)
}

func (t *till) call(ctx context.Context, method, path string, form url.Values, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, t.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+t.key)
	response, err := t.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return &status{response.StatusCode, string(b)}
	}
	return json.Unmarshal(b, into)
}

// confirm says yes on the page of the holder's bank, and gives where that page sends him.
func (t *till) confirm(ctx context.Context, page string) (back string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, page, strings.NewReader("answer=complete"))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := t.http.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 3 {
		return "", fmt.Errorf("the bank's page answers %s", response.Status)
	}
	return response.Header.Get("Location"), nil
}

// entry is a payment on the gateway's books, in the smallest coin.
type entry struct {
	ID, Status, Currency                   string
	Amount, Capturable, Captured, Refunded int64
	Metadata                               map[string]string
}

// entry finds the payment of an order.
func (t *till) entry(ctx context.Context, order string) (e entry, err error) {
	var state struct {
		Payments []entry `json:"payments"`
	}
	if err := t.call(ctx, http.MethodGet, "/_control", nil, &state); err != nil {
		return e, err
	}
	found := 0
	for _, p := range state.Payments {
		if p.Metadata["order"] == order {
			e, found = p, found+1
		}
	}
	if found != 1 {
		return e, fmt.Errorf("the gateway has %d payments of order %s, expected one", found, order)
	}
	return e, nil
}

// coins is an amount in euros as the gateway counts it.
func coins(amount decimal.Decimal) string { return amount.Shift(2).String() }

// holds compares what the gateway has of an order.
func (t *till) holds(ctx context.Context, order string, captured, refunded decimal.Decimal) error {
	e, err := t.entry(ctx, order)
	if err != nil {
		return err
	}
	return all(equal("captured at the gateway", fmt.Sprint(e.Captured), coins(captured)), equal("refunded at the gateway", fmt.Sprint(e.Refunded), coins(refunded)))
}
