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
func (h *house) loadSecrets() (s secrets, fresh bool, err error) {
	path := filepath.Join(h.cfg.Data, secretsFile)
	b, err := os.ReadFile(path) // #nosec G304 -- in the data folder
	if err == nil {
		if err := json.Unmarshal(b, &s); err != nil {
			return s, false, fmt.Errorf("reading %s: %w", path, err)
		}
		return s, false, nil
	}
	if !os.IsNotExist(err) {
		return s, false, fmt.Errorf("reading the demo's logins: %w", err)
	}
	word := func() string { return strings.ToLower(rand.Text()[:12]) }
	return secrets{Admin: word(), Buyer: word(), Partner: word()}, true, nil
}

func (h *house) keepSecrets(s secrets) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writePrivate(filepath.Join(h.cfg.Data, secretsFile), b)
}

// company makes what SAP's files name only by a code, and the logins. It can be called again: it changes nothing then.
func (h *house) company(ctx context.Context, c *sample.Company) (secrets, error) {
	s, fresh, err := h.loadSecrets()
	if err != nil {
		return s, err
	}
	n, err := h.organizations(ctx)
	if err != nil {
		return s, err
	}
	if n == 0 {
		if _, err := h.found(ctx, organization.Founding{Code: organizationCode, Name: "Acme Trading", Currency: sample.Currency, TimeZone: "Europe/Berlin",
			AdminEmail: adminEmail, AdminFirstName: "Ada", AdminLastName: "Admin"}, s.Admin); err != nil {
			return s, err
		}
	}
	org, err := h.organization(ctx, organizationCode)
	if err != nil {
		return s, err
	}
	caller := access.SystemCaller(org, "demo")
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, caller); err != nil {
			return err
		}
		return h.apply(ctx, tx, caller, h.setup(c))
	})
	if err != nil {
		return s, fmt.Errorf("setting up the sample company: %w", err)
	}
	if !fresh && n > 0 {
		return s, nil
	}
	return s, h.logins(ctx, org, &s)
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
	put("apiClients", map[string]string{"clientId": clientID, "name": "Acme's middleware", "role": resource.ByKey(administrator).String()})
	return b
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
	return h.keepSecrets(*s)
}
