package access_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/commerce/customer"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// town is an organization with people in it.
type town struct {
	*access.Directory
	pool                                              *pgxpool.Pool
	user, buyer, partner, client, role                access.Subject
	parent, company, branch, stranger, group, website string
}

func id() string { return uuid.Must(uuid.NewV7()).String() }

func newTown(t testing.TB) *town {
	t.Helper()
	ctx := context.Background()
	pool := postgrestest.Pool(t, access.Migrations(), change.Migrations(), record.Migrations(), organization.Migrations(),
		customer.Migrations(), exchange.Migrations())
	w := &town{Directory: access.NewDirectory(pool), pool: pool, parent: id(), company: id(), branch: id(), stranger: id(), group: id(), website: id()}
	subject := func(kind access.ActorKind) access.Subject {
		return access.Subject{Kind: kind, ID: id(), Organization: orgA}
	}
	w.user, w.buyer, w.partner, w.client, w.role = subject(access.User), subject(access.CustomerUser), subject(access.Partner), subject(access.APIClient), subject("")
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{"insert into organization (id, organization_id, code, name, language) values ($1, $1, 'acme', 'Acme', 'de')", []any{orgA}},
		{"insert into website (id, organization_id, code, name, currency) values ($1, $2, 'shop', 'Shop', 'CHF')", []any{w.website, orgA}},
		{"insert into customer_group (id, organization_id, code, name) values ($1, $2, 'VIP', 'VIP')", []any{w.group, orgA}},
		{"insert into customer (id, organization_id, number, name) values ($1, $2, '1', 'Parent')", []any{w.parent, orgA}},
		{"insert into customer (id, organization_id, number, name, parent_id, group_id) values ($1, $2, '2', 'Company', $3, $4)", []any{w.company, orgA, w.parent, w.group}},
		{"insert into customer (id, organization_id, number, name, parent_id) values ($1, $2, '3', 'Branch', $3)", []any{w.branch, orgA, w.company}},
		{"insert into customer (id, organization_id, number, name) values ($1, $2, '4', 'Stranger')", []any{w.stranger, orgA}},
		{"insert into customer_user (id, organization_id, email, customer_id) values ($1, $2, 'buyer@example.com', $3)", []any{w.buyer.ID, orgA, w.company}},
		{"insert into user_account (id, organization_id, email) values ($1, $2, 'admin@example.com')", []any{w.user.ID, orgA}},
		{`insert into role (id, organization_id, code, name, permissions) values ($1, $2, 'clerk', 'Clerk', '{"orders":{"*":"organization","hide":["margin"]}}')`, []any{w.role.ID, orgA}},
		{"insert into user_role (id, organization_id, user_id, role_id) values ($1, $2, $3, $4)", []any{id(), orgA, w.user.ID, w.role.ID}},
		{`insert into partner (id, organization_id, code, name, allowlist) values ($1, $2, 'SAP', 'SAP', '["192.0.2.0/24"]')`, []any{w.partner.ID, orgA}},
		{`insert into api_client (id, organization_id, client_id, name, role_id, allowlist) values ($1, $2, 'erp', 'ERP', $3, '["127.0.0.1"]')`, []any{w.client.ID, orgA, w.role.ID}},
	} {
		if _, err := pool.Exec(ctx, s.sql, s.args...); err != nil {
			t.Fatalf("%s: %v", s.sql, err)
		}
	}
	return w
}

func (w *town) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := w.pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func TestUserLogsIn(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	if err := w.SetPassword(ctx, w.user, "first password"); err != nil {
		t.Fatal(err)
	}
	if err := w.SetPassword(ctx, w.user, "correct horse"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		organization, email, password string
		ok                            bool
	}{
		{"", "admin@example.com", "correct horse", true},
		{orgA, " Admin@Example.com ", "correct horse", true},
		{orgB, "admin@example.com", "correct horse", false},
		{"", "admin@example.com", "first password", false},
		{"", "admin@example.com", "", false},
		{"", "nobody@example.com", "correct horse", false},
		{"", "buyer@example.com", "correct horse", false},
	} {
		got, err := w.LoginUser(ctx, c.organization, c.email, c.password)
		if c.ok && (err != nil || got != w.user.ID) || !c.ok && !errors.Is(err, access.ErrLogin) {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
	caller, err := w.User(ctx, w.user.ID)
	if err != nil || caller.Organization != orgA || caller.Actor.Name != "admin@example.com" || caller.Language != "de" || caller.Side != access.Admin {
		t.Errorf("%+v, %v", caller, err)
	}
	if caller.Grants.Level("orders", access.Update) != access.OrganizationLevel || caller.Grants.Level("products", access.Read) != access.None ||
		!caller.Grants.Hidden("orders", "margin") {
		t.Errorf("grants %+v", caller.Grants)
	}
	w.exec(t, "update user_account set status = 'disabled'")
	if _, err := w.User(ctx, w.user.ID); !errors.Is(err, access.ErrGone) {
		t.Errorf("a disabled user goes on: %v", err)
	}
	if _, err := w.LoginUser(ctx, "", "admin@example.com", "correct horse"); !errors.Is(err, access.ErrLogin) {
		t.Errorf("a disabled user logs in: %v", err)
	}
}

func TestBuyerIsHisCompanyAndAllBelow(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	if err := w.SetPassword(ctx, w.buyer, "correct horse"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.LoginBuyer(ctx, orgA, "buyer@example.com", "correct horse"); err != nil || got != w.buyer.ID {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := w.LoginBuyer(ctx, orgB, "buyer@example.com", "correct horse"); !errors.Is(err, access.ErrLogin) {
		t.Errorf("in another organization's shop: %v", err)
	}
	c, err := w.Buyer(ctx, w.buyer.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.Customers)
	want := []string{w.company, w.branch}
	slices.Sort(want)
	if !slices.Equal(c.Customers, want) {
		t.Errorf("customers %v, want %v", c.Customers, want)
	}
	if c.Side != access.Storefront || c.Customer != w.company || c.CustomerGroup != w.group || c.Website != w.website || c.Currency != "CHF" || c.Language != "en" {
		t.Errorf("%+v", c)
	}
	w.exec(t, "update customer set status = 'disabled' where id = $1", w.company)
	if _, err := w.Buyer(ctx, w.buyer.ID, w.website); !errors.Is(err, access.ErrGone) {
		t.Errorf("the buyer of a disabled customer goes on: %v", err)
	}
}

func TestPartnerLogsIn(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	for _, err := range []error{w.SetPartnerLogin(ctx, w.partner, "sap", "sap"), w.SetPassword(ctx, w.partner, "correct horse"),
		w.AddKey(ctx, w.partner, "SHA256:abc", "middleware"), w.AddKey(ctx, w.partner, "SHA256:def", "standby")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.PartnerByPassword(ctx, "sap", "correct horse")
	if err != nil || p.ID != w.partner.ID || p.Code != "SAP" || p.Home != "sap" || p.Organization != orgA ||
		p.Networks.Allow(netip.MustParseAddr("198.51.100.1")) || !p.Networks.Allow(netip.MustParseAddr("::ffff:192.0.2.9")) {
		t.Errorf("%+v, %v", p, err)
	}
	for _, fingerprint := range []string{"SHA256:abc", "SHA256:def"} {
		if p, err := w.PartnerByKey(ctx, "sap", fingerprint); err != nil || p.ID != w.partner.ID {
			t.Errorf("%s: %+v, %v", fingerprint, p, err)
		}
	}
	for _, fingerprint := range []string{"", "SHA256:ab", "SHA256:xyz"} {
		if _, err := w.PartnerByKey(ctx, "sap", fingerprint); !errors.Is(err, access.ErrLogin) {
			t.Errorf("key %q: %v", fingerprint, err)
		}
	}
	for _, c := range [][2]string{{"sap", "wrong"}, {"SAP", "correct horse"}, {"nobody", "correct horse"}} {
		if _, err := w.PartnerByPassword(ctx, c[0], c[1]); !errors.Is(err, access.ErrLogin) {
			t.Errorf("%v: %v", c, err)
		}
	}
	caller, err := w.Partner(ctx, w.partner.ID)
	if err != nil || caller.Origin != "SAP" || caller.Actor.Kind != access.Partner || caller.Grants != nil {
		t.Errorf("%+v, %v", caller, err)
	}
	other := w.partner
	other.ID = id()
	if err := w.SetPartnerLogin(ctx, other, "sap", "elsewhere"); !errors.Is(err, access.ErrTaken) {
		t.Errorf("a login taken: %v", err)
	}
	if p, err := w.PartnerByKey(ctx, "sap", "SHA256:abc"); err != nil || p.Home != "sap" {
		t.Errorf("another partner took the login: %+v, %v", p, err)
	}
}

func TestTokenOfAClient(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	secret, err := w.NewSecret(ctx, w.client)
	if err != nil {
		t.Fatal(err)
	}
	client, err := w.ClientBySecret(ctx, "erp", secret)
	if err != nil || client.ID != w.client.ID || !slices.Equal(client.Scopes, []string{"read", "write"}) {
		t.Fatalf("%+v, %v", client, err)
	}
	for _, c := range [][2]string{{"erp", ""}, {"erp", "wrong"}, {"other", secret}} {
		if _, err := w.ClientBySecret(ctx, c[0], c[1]); !errors.Is(err, access.ErrLogin) {
			t.Errorf("%v: %v", c, err)
		}
	}
	issue := func(life time.Duration, scopes ...string) string {
		token, _, err := w.IssueToken(ctx, client, scopes, life)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	full, narrow, expired := issue(time.Hour, "read", "write"), issue(time.Hour, "read"), issue(-time.Second, "read")
	got, err := w.Token(ctx, full)
	if err != nil || got.Caller.Actor.ID != w.client.ID || got.Caller.Origin != "erp" || got.Caller.Organization != orgA ||
		got.Caller.Grants.Level("orders", access.Update) != access.OrganizationLevel || !got.Networks.Allow(netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = w.Token(ctx, narrow); err != nil || got.Caller.Grants.Level("orders", access.Update) != access.None ||
		got.Caller.Grants.Level("orders", access.Read) != access.OrganizationLevel || !got.Caller.Grants.Hidden("orders", "margin") {
		t.Errorf("a token to read: %+v, %v", got.Caller.Grants, err)
	}
	if err := w.RevokeToken(ctx, full, "other"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Token(ctx, full); err != nil {
		t.Errorf("another client revoked it: %v", err)
	}
	if err := w.RevokeToken(ctx, full, "erp"); err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"revoked": full, "expired": expired, "made up": "x"} {
		if _, err := w.Token(ctx, token); !errors.Is(err, access.ErrLogin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.exec(t, "update api_client set role_id = null")
	if got, err = w.Token(ctx, narrow); err != nil || got.Caller.Grants == nil || got.Caller.Grants.Level("orders", access.Read) != access.None {
		t.Errorf("a client without a role may %+v, %v", got.Caller.Grants, err)
	}
	w.exec(t, "update api_client set status = 'disabled'")
	if _, err := w.Token(ctx, narrow); !errors.Is(err, access.ErrLogin) {
		t.Errorf("a disabled client: %v", err)
	}
}

func TestSecretsAreKeptFromRequests(t *testing.T) {
	w, ctx := newTown(t), context.Background()
	for _, table := range []string{"credential", "partner_login", "session", "oauth_token", "oauth_key", "login_attempt"} {
		tx, err := w.pool.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := access.Enter(ctx, tx, access.SystemCaller(orgA, "test")); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(ctx, "select * from "+table); err == nil {
			t.Errorf("a request reads %s", table)
		}
		_ = tx.Rollback(ctx)
	}
}

func TestDefinitionsMatchTables(t *testing.T) {
	w := newTown(t)
	schema, err := resource.NewSchema(organization.Resources(), access.Resources())
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Verify(context.Background(), w.pool, schema); err != nil {
		t.Error(err)
	}
}
