package organization

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
)

// Founding is what is asked of who sets up an organization. Codes and e-mail must not be empty.
type Founding struct {
	Code, Name                   string
	Language, Currency, TimeZone string // "en", "EUR" and "UTC" if empty
	WebsiteCode, WebsiteName     string // the organization's if empty
	WebsiteURL                   string
	AdminEmail                   string
	AdminFirstName               string
	AdminLastName                string
}

// Founded is what came of it, by UUID.
type Founded struct{ Organization, Website, BusinessUnit, Admin string }

// NewFounded gives ids to what is to be made, so that the caller of a transaction can be set before.
func NewFounded() Founded {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	return Founded{id(), id(), id(), id()}
}

// WithDefaults fills in what was left empty.
func (f Founding) WithDefaults() Founding {
	f.Name = cmp.Or(f.Name, f.Code)
	f.Language, f.Currency, f.TimeZone = cmp.Or(f.Language, "en"), cmp.Or(f.Currency, "EUR"), cmp.Or(f.TimeZone, "UTC")
	f.WebsiteCode, f.WebsiteName = cmp.Or(f.WebsiteCode, f.Code), cmp.Or(f.WebsiteName, f.Name)
	return f
}

// Seed writes an organization with its website, a business unit and its first user, and says what it wrote.
func Seed(ctx context.Context, tx pgx.Tx, f Founding, ids Founded) ([]change.Entry, error) {
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO organization (id, organization_id, code, name, language, currency, time_zone) VALUES ($1, $1, $2, $3, $4, $5, $6)`,
		ids.Organization, f.Code, f.Name, f.Language, f.Currency, f.TimeZone)
	batch.Queue(`INSERT INTO website (id, organization_id, code, name, url, currency, language) VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7)`,
		ids.Website, ids.Organization, f.WebsiteCode, f.WebsiteName, f.WebsiteURL, f.Currency, f.Language)
	batch.Queue(`INSERT INTO business_unit (id, organization_id, code, name) VALUES ($1, $2, 'MAIN', $3)`,
		ids.BusinessUnit, ids.Organization, f.Name)
	batch.Queue(`INSERT INTO user_account (id, organization_id, email, first_name, last_name, language, business_unit_id)
		VALUES ($1, $2, lower($3), nullif($4, ''), nullif($5, ''), $6, $7)`,
		ids.Admin, ids.Organization, f.AdminEmail, f.AdminFirstName, f.AdminLastName, f.Language, ids.BusinessUnit)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("write the organization %s, its website and its first user %s: %w", f.Code, f.AdminEmail, err)
	}
	created := func(resource, id string) change.Entry {
		return change.Entry{Resource: resource, Event: change.Created, IDs: []string{id}}
	}
	return []change.Entry{created("organizations", ids.Organization), created("websites", ids.Website),
		created("businessUnits", ids.BusinessUnit), created("users", ids.Admin)}, nil
}
