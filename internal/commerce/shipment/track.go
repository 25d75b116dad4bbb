package shipment

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
)

// Links knows where carriers show their parcels. It asks nobody: a command calls it within its transaction.
type Links interface {
	// TrackingURL is the page that shows where a parcel is, "" if the carrier is none that is known.
	TrackingURL(ctx context.Context, organization, carrier, number string) string
}

// parcel is one package of a shipment.
type parcel struct {
	Number         string `json:"number,omitempty"`
	TrackingNumber string `json:"trackingNumber,omitempty"`
	TrackingURL    string `json:"trackingUrl,omitempty"`
	Weight         string `json:"weight,omitempty"`
}

// track finds the carrier's page for the shipment and each of its parcels. Where none is known, one that is stored for the
// same number stays.
func (d *desk) track(ctx context.Context, n *note, organization string) error {
	find := func(number string) string {
		if d.links == nil || n.carrier == "" || number == "" {
			return ""
		}
		return d.links.TrackingURL(ctx, organization, n.carrier, number)
	}
	kept := ""
	if s := n.stored; s != nil && s.carrier == n.carrier && s.tracking == n.tracking {
		kept = s.url
	}
	n.url = cmp.Or(find(n.tracking), kept)
	if n.parcels == nil {
		return nil
	}
	for i := range n.parcels {
		n.parcels[i].TrackingURL = find(n.parcels[i].TrackingNumber)
	}
	text, err := json.Marshal(n.parcels)
	if err != nil {
		return fmt.Errorf("writing the parcels of shipment %s: %w", n.number, err)
	}
	n.packed = string(text)
	return nil
}
