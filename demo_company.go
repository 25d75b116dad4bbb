package hanse

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/demo/sample"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// secrets are the demo's logins. They are made once and kept beside the data, mode 0600, since the database has only
// their hashes.
type secrets struct {
	Admin   string `json:"admin"`
	Buyer   string `json:"buyer"`
	Partner string `json:"partner"`
	Client  string `json:"client"`
	// Those of the gateway and the carrier.
	Stripe            string `json:"stripe"`
	StripePublishable string `json:"stripePublishable"`
	StripeWebhook     string `json:"stripeWebhook"`
	FedEx             string `json:"fedex"`
	// Morning is when SAP's first files were made; their names and numbers follow from it.
	Morning time.Time `json:"morning"`
	// Whole says that the set-up came to its end; one that was cut off is gone on with.
	Whole bool `json:"whole"`
}

const (
	adminEmail       = "admin@acme.example"
	partnerUser      = "sap"
	partnerCode      = "SAP"
	clientID         = "acme-middleware"
	secretsFile      = "demo-secrets.json"
	organizationCode = "acme"
)

// loadSecrets reads the logins, or makes new ones; fresh says that the database does not know them yet.
func (h *house) loadSecrets(now time.Time) (s secrets, fresh bool, err error) {
	path := filepath.Join(h.cfg.Data, secretsFile)
	b, err := os.ReadFile(path) // #nosec G304 -- in the data folder
	if err == nil {
		if err := json.Unmarshal(b, &s); err != nil {
			return s, false, fmt.Errorf("reading %s: %w", path, err)
		}
		if s.complete() { // of a demo from before there were gateway and carrier
			err = h.keepSecrets(s)
		}
		return s, false, err
	}
	if !os.IsNotExist(err) {
		return s, false, fmt.Errorf("reading the demo's logins: %w", err)
	}
	s = secrets{Admin: word(), Buyer: word(), Partner: word(), Morning: now.UTC().Truncate(time.Second)}
	s.complete()
	return s, true, nil
}

func word() string { return strings.ToLower(rand.Text()[:12]) }

// complete makes the keys of gateway and carrier where they are missing, and tells whether any was.
func (s *secrets) complete() (made bool) {
	for key, prefix := range map[*string]string{&s.Stripe: "sk_test_", &s.StripePublishable: "pk_test_", &s.StripeWebhook: "whsec_", &s.FedEx: ""} {
		if *key == "" {
			*key, made = prefix+word()+word(), true
		}
	}
	return made
}

func (h *house) keepSecrets(s secrets) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writePrivate(filepath.Join(h.cfg.Data, secretsFile), b)
}

// company makes what SAP's files name only by a code, and the logins, unless an earlier start did so. whole says that all
// else of the set-up is there too.
func (h *house) company(ctx context.Context, c *sample.Company, now time.Time) (s secrets, whole bool, err error) {
	s, fresh, err := h.loadSecrets(now)
	if err != nil {
		return s, false, err
	}
	n, err := h.organizations(ctx)
	if err != nil {
		return s, false, err
	}
	if !fresh && n > 0 {
		return s, s.Whole, nil
	}
	if n == 0 {
		if _, err := h.found(ctx, organization.Founding{Code: organizationCode, Name: "Acme Trading", Currency: sample.Currency, TimeZone: "Europe/Berlin",
			AdminEmail: adminEmail, AdminFirstName: "Ada", AdminLastName: "Admin"}, s.Admin); err != nil {
			return s, false, err
		}
	}
	org, err := h.organization(ctx, organizationCode)
	if err != nil {
		return s, false, err
	}
	caller := access.SystemCaller(org, "demo")
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return h.apply(ctx, tx, caller, h.setup(c))
	})
	if err != nil {
		return s, false, fmt.Errorf("setting up the sample company: %w", err)
	}
	return s, false, h.logins(ctx, org, &s)
}

func (h *house) organization(ctx context.Context, code string) (id string, err error) {
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT id::text FROM organization WHERE code = $1", code).Scan(&id)
	})
	if err != nil {
		return "", fmt.Errorf("the database has organizations, but none with the code %q, so it is not a demo's: %w", code, err)
	}
	return id, nil
}

// setup is the records that the shop itself has: warehouses, terms, groups, price list, shipping, partner, channel, client.
func (h *house) setup(c *sample.Company) *record.Batch {
	b := &record.Batch{}
	put := func(typeName string, values map[string]string) *record.Change {
		return b.Add(h.typ(typeName), record.Upsert, h.change(typeName, values))
	}
	for _, w := range c.Warehouses {
		put("warehouses", map[string]string{"code": w.Code, "name": w.Name, "city": w.City, "country": w.Country, "priority": strconv.Itoa(w.Priority)})
	}
	for _, t := range c.PaymentTerms {
		put("paymentTerms", map[string]string{"code": t.Code, "name": localized(t.Name, t.NameDE), "netDays": strconv.Itoa(t.NetDays)})
	}
	for _, g := range c.Groups {
		put("customerGroups", map[string]string{"code": g.Code, "name": g.Name})
	}
	list := put("priceLists", map[string]string{"code": sample.PriceList, "name": "Acme list prices"})
	website := resource.ByKey(organizationCode).String()
	assignment := h.change("priceListAssignments", map[string]string{"website": website, "priority": "10"})
	assignment.Links = map[string]*record.Change{"priceList": list}
	b.Add(h.typ("priceListAssignments"), record.Upsert, assignment)
	put("shippingMethods", map[string]string{"code": "STANDARD", "name": localized("Standard delivery", "Standardversand"), "amount": "9.50", "currency": sample.Currency})
	put("shippingMethods", map[string]string{"code": "EXPRESS", "name": localized("Express delivery", "Expressversand"), "amount": "24.90", "currency": sample.Currency, "position": "1"})
	partner := put("partners", map[string]string{"code": partnerCode, "name": "SAP ERP over its middleware",
		"settings": `{"priceList":"` + sample.PriceList + `","currency":"` + sample.Currency + `","warehouse":"MAIN","unit":"C62"}`})
	channel := h.change("channels", map[string]string{"code": "sap-files", "name": "SAP ERP", "kind": "sap", "settings": `{"website":"` + organizationCode + `"}`})
	channel.Links = map[string]*record.Change{"partner": partner}
	b.Add(h.typ("channels"), record.Upsert, channel)
	h.taxes(b, put)
	put("apiClients", map[string]string{"clientId": clientID, "name": "Acme's middleware", "role": resource.ByKey(administrator).String()})
	return b
}

// taxes: who buys in Germany pays its VAT; what goes abroad is free of it.
func (h *house) taxes(b *record.Batch, put func(string, map[string]string) *record.Change) {
	who := put("customerTaxCodes", map[string]string{"code": "BUSINESS", "name": "Businesses"})
	what := put("productTaxCodes", map[string]string{"code": "STANDARD", "name": "Goods at the full rate"})
	where := put("taxJurisdictions", map[string]string{"code": "DE", "name": "Germany", "country": "DE"})
	rule := h.change("taxRules", map[string]string{"rate": sample.TaxPercent, "name": "VAT"})
	rule.Links = map[string]*record.Change{"customerTaxCode": who, "productTaxCode": what, "jurisdiction": where}
	b.Add(h.typ("taxRules"), record.Upsert, rule)
	site := h.change("websites", map[string]string{"code": organizationCode})
	site.Links = map[string]*record.Change{"customerTaxCode": who, "productTaxCode": what}
	b.Add(h.typ("websites"), record.Upsert, site)
}

// settingsText is a channel's settings as JSON.
func settingsText(settings map[string]string) string {
	b, _ := json.Marshal(settings) // strings always marshal
	return string(b)
}

func localized(en, de string) string {
	b, _ := json.Marshal(map[string]string{"en": en, "de": de}) // strings always marshal
	return string(b)
}

// logins gives administrator, partner and API client their secrets and keeps these.
func (h *house) logins(ctx context.Context, org string, s *secrets) error {
	ids := map[string]string{}
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		for name, sql := range map[string]string{
			"admin":   "SELECT id::text FROM user_account WHERE organization_id = $1 AND email = '" + adminEmail + "'",
			"partner": "SELECT id::text FROM partner WHERE organization_id = $1 AND code = '" + partnerCode + "'",
			"client":  "SELECT id::text FROM api_client WHERE organization_id = $1 AND client_id = '" + clientID + "'",
		} {
			var id string
			if err := tx.QueryRow(ctx, sql, org).Scan(&id); err != nil {
				return fmt.Errorf("finding the demo's %s: %w", name, err)
			}
			ids[name] = id
		}
		return nil
	})
	if err != nil {
		return err
	}
	partner := access.Subject{Kind: access.Partner, ID: ids["partner"], Organization: org}
	if err := h.access.SetPassword(ctx, access.Subject{Kind: access.User, ID: ids["admin"], Organization: org}, s.Admin); err != nil {
		return err
	}
	if err := h.access.SetPassword(ctx, partner, s.Partner); err != nil {
		return err
	}
	if err := h.access.SetPartnerLogin(ctx, partner, partnerUser, partnerUser); err != nil {
		return err
	}
	fingerprint, err := h.partnerKey()
	if err != nil {
		return err
	}
	if err := h.access.AddKey(ctx, partner, fingerprint, "demo"); err != nil {
		return err
	}
	if s.Client, err = h.access.NewSecret(ctx, access.Subject{Kind: access.APIClient, ID: ids["client"], Organization: org}); err != nil {
		return err
	}
	s.Whole = false
	return h.keepSecrets(*s)
}

// finish makes the people who buy, whom SAP does not send, gives those of the story their password, and notes that the set-up
// is whole.
func (h *house) finish(ctx context.Context, c *sample.Company, story sample.Story, s secrets) error {
	org, err := h.organization(ctx, organizationCode)
	if err != nil {
		return err
	}
	caller := access.SystemCaller(org, "demo")
	b, people := &record.Batch{}, map[string]*record.Change{}
	for _, p := range c.Buyers() {
		u := h.change("customerUsers", map[string]string{"email": p.Email, "firstName": p.FirstName, "lastName": p.LastName, "phone": p.Phone,
			"language": p.Language, "customer": resource.ByKey(p.Customer).String()})
		people[p.Email] = b.Add(h.typ("customerUsers"), record.Upsert, u)
	}
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return h.apply(ctx, tx, caller, b)
	})
	if err != nil {
		return fmt.Errorf("making the sample buyers: %w", err)
	}
	for _, p := range []sample.Buyer{story.Buyer, story.Stranger, story.Blocked} {
		who := access.Subject{Kind: access.CustomerUser, ID: people[p.Email].ID, Organization: org}
		if err := h.access.SetPassword(ctx, who, s.Buyer); err != nil {
			return err
		}
	}
	s.Whole = true
	return h.keepSecrets(s)
}
