package order

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// wayToPay is a way of paying that the buyer has, with what a page of any frontend needs to take his card.
type wayToPay struct {
	Code      string    `json:"code"`
	Name      string    `json:"name"`
	Online    bool      `json:"online"`
	OnAccount bool      `json:"onAccount"`
	Form      *cardForm `json:"form,omitempty"`
}

// cardForm is a module.PaymentForm; nothing in it is secret.
type cardForm struct {
	Element string            `json:"element,omitempty"`
	Script  string            `json:"script,omitempty"`
	Options map[string]string `json:"options,omitempty"`
	Sources []string          `json:"sources,omitempty"`
	Hosted  bool              `json:"hosted"`
}

// ways are the ways of paying of the checkout's shop, as JSON: on account only where a term is agreed.
func (d *desk) ways(ctx context.Context, tx pgx.Tx, call *command.Call, o *draft) (string, error) {
	ways := []wayToPay{}
	if d.Methods.Registry != nil {
		offered, err := d.Methods.Offered(ctx, tx, call.Caller.Organization, o.website)
		if err != nil {
			return "", err
		}
		for _, m := range offered {
			if m.Traits.OnAccount && o.paymentTerm == "" {
				continue
			}
			w := wayToPay{Code: m.Code, Name: m.Title(o.language), Online: m.Traits.Online, OnAccount: m.Traits.OnAccount}
			if known, ok := d.Methods.Registry.Get(m.Kind); ok && m.Traits.Online {
				w.Form = form(known, m.Settings, module.PaymentQuestion{Amount: money.Of(o.total, o.currency), Language: o.language})
			}
			ways = append(ways, w)
		}
	}
	b, err := json.Marshal(ways)
	if err != nil {
		return "", fmt.Errorf("writing down the ways of paying of checkout %s: %w", o.checkout, err)
	}
	return string(b), nil
}

func form(m module.Module, s module.Settings, q module.PaymentQuestion) *cardForm {
	gateway, ok := m.(module.Payment)
	if !ok {
		return nil
	}
	f := gateway.PaymentForm(s, q)
	return &cardForm{f.Element, f.Script, f.Options, f.Sources, f.Hosted}
}
