// Package access says who is calling and what he may do: principals, roles, levels, credentials, allowlists and the
// row-level security beneath.
package access

// Side is one of the two APIs, and whoever stands behind it.
type Side uint8

const (
	Admin      Side = iota // back-office: staff, API clients, partners' files, the platform's own jobs
	Storefront             // buyers
)

func (s Side) String() string {
	if s == Storefront {
		return "storefront"
	}
	return "admin"
}

// ActorKind says what an Actor is.
type ActorKind string

const (
	User         ActorKind = "user"
	CustomerUser ActorKind = "customerUser"
	APIClient    ActorKind = "apiClient"
	Partner      ActorKind = "partner"
	System       ActorKind = "system"
)

// Actor is who gets the blame in the change log.
type Actor struct {
	Kind ActorKind
	ID   string // UUID, empty for the system
	Name string // e-mail, client id, partner code
}

// Caller is on whose behalf a statement runs. It is immutable for the length of a request; the values below Organization
// reach SQL as the settings hanse.* and as parameters, never as text.
type Caller struct {
	Side         Side
	Actor        Actor
	Organization string // UUID

	// Storefront only.
	Customer      string   // UUID of the buyer's company
	Customers     []string // the company and all below it
	CustomerUser  string   // UUID
	CustomerGroup string   // UUID or ""
	Website       string   // UUID

	Currency string // ISO 4217, of prices shown
	Language string // of texts shown
	TimeZone string // IANA name, of times shown; "" is UTC

	Origin   string // consumers of the feed skip the echo of their own writes by it: partner or client code
	Exchange string // UUID of the exchange that the change came by, or ""

	Grants *Grants // nil: everything within the organization, for the platform's own work
}

// SystemCaller is the platform itself at work in an organization.
func SystemCaller(organization, name string) Caller {
	return Caller{Side: Admin, Organization: organization, Actor: Actor{Kind: System, Name: name}, Language: "en"}
}
