package fedex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
)

// Checks implements module.Checker.
func (m *Module) Checks() []module.Check {
	return []module.Check{
		{Name: "The API answers", Run: m.checkBase},
		{Name: "Client id and secret are accepted", Run: m.checkCredentials},
		{Name: "The account number gets rates", Run: m.checkAccount},
	}
}

// checkBase asks for rates without a token: FedEx says that it wants one, in its own form of an error.
func (m *Module) checkBase(ctx context.Context, c *module.Channel) error {
	_, err := post(ctx, c, call{doing: "asking FedEx whether it is there", path: "/rate/v1/rates/quotes", contentType: "application/json", body: []byte("{}")})
	var e *module.Error
	var said *refused
	switch {
	case errors.As(err, &said):
		return nil // of whatever class: this is FedEx
	case errors.As(err, &e) && e.Retryable():
		return fmt.Errorf("check the setting apiBase, which is %s for FedEx itself: %w", liveBase, err)
	case errors.As(err, &e) && e.Code == "invalid_api_base":
		return err
	default:
		return &module.Error{Class: module.Invalid, Code: "invalid_api_base",
			Detail: "what answers at the setting apiBase is not FedEx, which is at " + liveBase}
	}
}

// checkCredentials asks for a new token, whatever is held, unless FedEx gives none at the moment: one that is held is then all
// that there is.
func (m *Module) checkCredentials(ctx context.Context, c *module.Channel) error {
	if err := m.tokens.isShut(base(c.Settings)); err != nil {
		return err
	}
	m.tokens.drop(c.Settings, "")
	_, err := m.tokens.get(ctx, c)
	return err
}

// checkAccount asks what a parcel of 1 kg costs from the origin to the origin.
func (m *Module) checkAccount(ctx context.Context, c *module.Channel) error {
	here := origin(c.Settings)
	question, err := newQuestion(c.Settings, module.RateRequest{From: here, To: here, Parcels: []module.Parcel{{Weight: decimal.NewFromInt(1)}}}, time.Now())
	if err != nil {
		return err
	}
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	answer, err := m.ask(ctx, c, body)
	var said *refused
	switch {
	case errors.As(err, &said) && said.has(noService):
		return nil // the account is good, and FedEx does not carry within this country
	case errors.As(err, &said) && (said.has("POSTAL") || said.has("ZIP") || said.has("COUNTRY") || said.has("STATE") || said.has("CITY")):
		return fmt.Errorf("check the settings originPostalCode, originCity, originRegion and originCountry: %w", err)
	case err != nil:
		return err
	}
	w := wishOf(c.Settings, module.RateRequest{})
	w.services = nil // a service may be for other countries only
	read, err := readAnswer(answer, w)
	if err == nil && len(read.rates) == 0 {
		return &module.Error{Class: module.Invalid, Code: "no_rates", Detail: "FedEx gives the account of the setting accountNumber no rate of " +
			"the type in the setting rateType, which is " + w.rateType}
	}
	return err
}
