package shipping

import (
	"time"

	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/money"
)

// Kind says where an offer's amount comes from.
type Kind string

// The kinds of offers.
const (
	Fixed    Kind = "fixed"    // a flat rate of the shop's own
	Live     Kind = "live"     // what the carrier asks
	Fallback Kind = "fallback" // what the shop asks while the carrier does not answer
	Later    Kind = "later"    // not known: the seller tells it after the order
)

// Offer is a way of shipping with what it costs.
type Offer struct {
	Code        string // "STANDARD", or channel and service: "fedex:FEDEX_REGIONAL_ECONOMY"; unique among offers
	Method      string // UUID of the shipping method, "" for a channel's
	Channel     string // UUID of the channel, "" for a shipping method
	ChannelCode string
	Service     string        // the carrier's code
	Name        string        // that buyers see
	Amount      *money.Amount // rounded, with tax or without as the shop's prices are; nil if Kind is Later
	Days        int           // in transit, 0 if not known
	Arrives     time.Time     // zero if not known
	Kind        Kind
	PickUp      bool            // the buyer fetches the goods
	Parcels     []module.Parcel // as the carrier was asked, none for a shipping method
	Expires     time.Time       // until when the offer holds, by the database's clock
}

// How long offers hold. That of a carrier holds from its answer on, so one from the cache still leaves the buyer the time
// that a checkout takes.
const (
	fixedHolds = 24 * time.Hour
	liveHolds  = 30 * time.Minute
)
