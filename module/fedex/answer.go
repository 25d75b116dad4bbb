package fedex

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// wish is which of the rates of an answer are taken, and what is made of them.
type wish struct {
	rateType string   // ACCOUNT or LIST
	currency string   // "" takes any
	services []string // none takes all
	handling decimal.Decimal
}

func wishOf(s module.Settings, r module.RateRequest) wish {
	w := wish{rateType: s["rateType"], currency: r.Subtotal.Currency, services: strings.Fields(s["services"])}
	w.handling, _ = decimal.NewFromString(s["handlingPercent"]) // checked when it was set; none is zero
	return w
}

// read is what an answer says.
type read struct {
	rates   []module.Rate // by amount, one a service
	foreign []string      // currencies that rates were in which are not wished
	alerts  []alert
	strange []string // services whose part of the answer made no sense
}

// alert is what FedEx wants noted about an answer that it gave.
type alert struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Type    string `json:"alertType"` // NOTE or WARNING
}

// service is one entry of output.rateReplyDetails.
type service struct {
	Type    string        `json:"serviceType"`
	Name    string        `json:"serviceName"`
	Charges []charge      `json:"ratedShipmentDetails"`
	Commit  commit        `json:"commit"`
	Operate operationally `json:"operationalDetail"`
}

// readAnswer reads the body of a good answer.
func readAnswer(body []byte, w wish) (*read, error) {
	var answer struct {
		Output *struct {
			Alerts   json.RawMessage   `json:"alerts"`
			Services []json.RawMessage `json:"rateReplyDetails"`
		} `json:"output"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, malformed(askingRates, err.Error())
	}
	if answer.Output == nil {
		return nil, malformed(askingRates, "it has no output")
	}
	r := &read{}
	_ = json.Unmarshal(answer.Output.Alerts, &r.alerts) // only to be told; a rate is good without
	best := map[string]module.Rate{}
	for _, raw := range answer.Output.Services {
		r.take(raw, w, best)
	}
	for _, rate := range best {
		r.rates = append(r.rates, rate)
	}
	slices.SortFunc(r.rates, func(a, b module.Rate) int {
		return cmp.Or(a.Amount.Number.Cmp(b.Amount.Number), strings.Compare(a.Service, b.Service))
	})
	slices.Sort(r.foreign)
	r.foreign = slices.Compact(r.foreign)
	return r, nil
}

// take puts one service among the best, if it is wished for and can be read.
func (r *read) take(raw json.RawMessage, w wish, best map[string]module.Rate) {
	var s service
	if err := json.Unmarshal(raw, &s); err != nil || s.Type == "" {
		r.strange = append(r.strange, cmp.Or(shortened(s.Type, 80), "unnamed"))
		return
	}
	if len(w.services) > 0 && !slices.Contains(w.services, s.Type) {
		return
	}
	charged, ok := r.choose(s, w)
	if !ok {
		return
	}
	factor := decimal.NewFromInt(1).Add(w.handling.Shift(-2))
	rate := module.Rate{Service: s.Type, Name: nameOf(s), Amount: money.Of(charged.Number.Mul(factor), charged.Currency).Round(),
		Days: cmp.Or(s.Commit.days, s.Operate.days), Arrives: s.Commit.arrives}
	if rate.Arrives.IsZero() {
		rate.Arrives = s.Operate.arrives
	}
	if other, ok := best[s.Type]; !ok || other.Amount.Number.GreaterThan(rate.Amount.Number) {
		best[s.Type] = rate
	}
}

// nameOf is a service's name for people.
func nameOf(s service) string {
	if name := shortened(s.Name, 100); name != "" {
		return name
	}
	return "FedEx " + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(shortened(s.Type, 80), "FEDEX_"), "_", " "))
}

// log tells what is worth knowing about an answer that was good.
func (r *read) log(ctx context.Context, log *slog.Logger) {
	for i, a := range r.alerts {
		if i == 10 {
			break
		}
		level := slog.LevelInfo
		if a.Type == "WARNING" {
			level = slog.LevelWarn
		}
		log.Log(ctx, level, "FedEx notes about its rates", "code", shortened(a.Code, 80), "message", shortened(a.Message, 300))
	}
	if len(r.strange) > 0 {
		log.WarnContext(ctx, "FedEx gave rates that cannot be read", "services", strings.Join(r.strange[:min(len(r.strange), 10)], " "))
	}
}
