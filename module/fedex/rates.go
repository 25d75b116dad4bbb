package fedex

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

const askingRates = "asking FedEx for rates"

// Rates implements module.Shipping (POST /rate/v1/rates/quotes). A rate that FedEx gives only in another currency than that
// of the order is left out, and none at all is an error of class Invalid: an order has one currency.
func (m *Module) Rates(ctx context.Context, c *module.Channel, r module.RateRequest) ([]module.Rate, error) {
	question, err := newQuestion(c.Settings, r, time.Now())
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(question)
	if err != nil {
		return nil, &module.Error{Class: module.Invalid, Code: "invalid_request", Detail: askingRates, Err: err}
	}
	answer, err := m.ask(ctx, c, body)
	var said *refused
	if errors.As(err, &said) && said.has(noService) {
		logOf(c).InfoContext(ctx, "FedEx has no service between the places", "from", question.Shipment.Shipper.Address.Country,
			"to", question.Shipment.Recipient.Address.Country)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	read, err := readAnswer(answer, wishOf(c.Settings, r))
	if err != nil {
		return nil, err
	}
	read.log(ctx, logOf(c))
	if len(read.rates) == 0 && len(read.foreign) > 0 {
		return nil, &module.Error{Class: module.Invalid, Code: "no_rate_in_currency", Detail: askingRates + ": the account gets rates in " +
			strings.Join(read.foreign, ", ") + " only, and the order is in " + r.Subtotal.Currency}
	}
	return read.rates, nil
}

// ask sends the question with a token, and once more with a new one if FedEx does not take it any more.
func (m *Module) ask(ctx context.Context, c *module.Channel, body []byte) ([]byte, error) {
	for renewed := false; ; renewed = true {
		token, err := m.tokens.get(ctx, c)
		if err != nil {
			return nil, err
		}
		answer, err := post(ctx, c, call{doing: askingRates, path: "/rate/v1/rates/quotes", contentType: "application/json", token: token, body: body})
		var e *module.Error
		if renewed || !errors.As(err, &e) || e.Code != "invalid_credentials" {
			return answer, err
		}
		m.tokens.drop(c.Settings, token)
	}
}

func logOf(c *module.Channel) *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return c.Log
}
