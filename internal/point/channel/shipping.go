package channel

import (
	"context"
	"fmt"

	"github.com/hanse-commerce/hanse/module"
)

// Rates asks a carrier what it takes for parcels.
func (h *Host) Rates(ctx context.Context, organization, channelID string, r module.RateRequest) ([]module.Rate, error) {
	w := call{operation: "rates", deadline: ratesDeadline}
	return ask(ctx, h, organization, channelID, w, func(ctx context.Context, m module.Module, c *module.Channel) ([]module.Rate, error) {
		s, ok := m.(module.Shipping)
		if !ok {
			return nil, refuse(module.Invalid, CodeUnusable, "The module %s carries no parcels.", m.Info().Name)
		}
		return s.Rates(ctx, c, r)
	})
}

// TrackingURL is where the carrier of a channel shows where a parcel is, "" if it does not or the channel cannot be used.
func (h *Host) TrackingURL(ctx context.Context, organization, channelID, number string) (url string) {
	u, err := h.find(ctx, channelID)
	if err != nil || u.organization != organization || u.module == nil || len(u.faults) > 0 || number == "" {
		return ""
	}
	s, ok := u.module.(module.Shipping)
	if !ok {
		return ""
	}
	defer func() {
		if r := recover(); r != nil {
			h.Log.Error("a module panicked", "channel", u.code, "kind", u.kind, "operation", "trackingURL", "panic", u.redactor.text(fmt.Sprint(r)))
			url = ""
		}
	}()
	return s.TrackingURL(u.settings, number)
}
