package hanse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/commerce"
	"github.com/hanse-commerce/hanse/internal/commerce/organization"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// administrator is the code of the role that may do everything.
const administrator = "administrator"

// organizations counts what has been founded on this database.
func (h *house) organizations(ctx context.Context) (n int, err error) {
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT count(*) FROM organization").Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("looking for organizations: %w", err)
	}
	return n, nil
}

// found makes an organization, its administrator with a password, and the role that he has.
func (h *house) found(ctx context.Context, f organization.Founding, password string) (organization.Founded, error) {
	var founded organization.Founded
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) (err error) {
		if founded, err = commerce.Found(ctx, tx, f); err != nil {
			return err
		}
		b := &record.Batch{}
		role := h.change("roles", map[string]string{"code": administrator, "name": "Administrator", "permissions": `{"*":{"*":"global"}}`})
		b.Add(h.typ("roles"), record.Create, role)
		member := h.change("userRoles", map[string]string{"user": founded.Admin})
		member.Links = map[string]*record.Change{"role": role}
		b.Add(h.typ("userRoles"), record.Create, member)
		caller := access.SystemCaller(founded.Organization, "init")
		if err := h.apply(ctx, tx, caller, b); err != nil {
			return err
		}
		return h.access.SetPasswordIn(ctx, tx, caller, access.Subject{Kind: access.User, ID: founded.Admin, Organization: founded.Organization}, password)
	})
	return founded, err
}

func (h *house) typ(name string) *resource.Type {
	t, _ := h.schema.Load().Type(name)
	return t
}

// change is a change of one record with the given canonical texts; references are as resource.Ref writes them.
func (h *house) change(typeName string, values map[string]string) *record.Change {
	t := h.typ(typeName)
	c := &record.Change{Values: t.NewRecord()}
	for name, text := range values {
		c.Values[t.At(name)] = resource.Of(text)
	}
	return c
}

// apply writes a batch as the owner of its resources; any fault is an error.
func (h *house) apply(ctx context.Context, tx pgx.Tx, caller access.Caller, b *record.Batch) error {
	plan, err := h.store.Plan(ctx, tx, caller, b, record.AsOwner())
	if err != nil {
		return err
	}
	var faults []error
	for _, v := range plan.Violations() {
		faults = append(faults, v)
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	return plan.Write(ctx, tx)
}

func initCommand() *cobra.Command {
	var f settingsFlags
	var o organization.Founding
	var passwordFile string
	cmd := &cobra.Command{
		Use: "init", Short: "Make the first organization and administrator on an empty database", Args: noArgs,
		Long: "Migrates the database and makes an organization with website, units, warehouse, price list and administrator.\n" +
			"The administrator's password is read from --password-file, or from the environment variable HANSE_ADMIN_PASSWORD.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Code == "" || o.AdminEmail == "" {
				return &exitError{exitUsage, "give --code and --admin-email; see hanse init --help"}
			}
			password, err := readPassword(passwordFile)
			if err != nil {
				return err
			}
			return f.visit(cmd, func(h *house) error { return h.initialize(cmd, o, password) })
		},
	}
	f.register(cmd, false)
	cmd.Flags().StringVar(&o.Code, "code", "", "short name of the organization")
	cmd.Flags().StringVar(&o.Name, "name", "", "name of the organization")
	cmd.Flags().StringVar(&o.Currency, "currency", "EUR", "its currency")
	cmd.Flags().StringVar(&o.Language, "language", "en", "its language")
	cmd.Flags().StringVar(&o.TimeZone, "time-zone", "UTC", "its time zone, by which days are told")
	cmd.Flags().StringVar(&o.AdminEmail, "admin-email", "", "e-mail address of the administrator")
	cmd.Flags().StringVar(&passwordFile, "password-file", "", "file with the administrator's password")
	return cmd
}

func readPassword(file string) (string, error) {
	if file == "" {
		if p := os.Getenv("HANSE_ADMIN_PASSWORD"); p != "" {
			return p, nil
		}
		return "", &exitError{exitUsage, "give the administrator's password by --password-file or HANSE_ADMIN_PASSWORD"}
	}
	b, err := os.ReadFile(file) // #nosec G304 -- the administrator names the file
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// sound checks what init was given by the definitions of what it makes, and writes it as they do.
func (h *house) sound(o *organization.Founding) error {
	made := h.typ("organizations")
	next := made.NewRecord()
	for _, given := range []struct {
		flag  string
		of    *resource.Type
		field string
		value *string
	}{
		{"--code", made, "code", &o.Code}, {"--name", made, "name", &o.Name}, {"--currency", made, "currency", &o.Currency},
		{"--language", made, "language", &o.Language}, {"--time-zone", made, "timeZone", &o.TimeZone},
		{"--admin-email", h.typ("users"), "email", &o.AdminEmail},
	} {
		if *given.value == "" {
			continue
		}
		field, _ := given.of.Field(given.field)
		text, err := field.Kind.ParseText(*given.value)
		if err != nil {
			return &exitError{exitUsage, fmt.Sprintf("%s %q: %s", given.flag, *given.value, err)}
		}
		*given.value = text
		if given.of == made {
			next[made.At(given.field)] = resource.Of(text)
		}
	}
	for _, v := range made.Check(made, nil, next) {
		return &exitError{exitUsage, fmt.Sprintf("%s: %s", v.Field, v.Detail)}
	}
	return nil
}

func (h *house) initialize(cmd *cobra.Command, o organization.Founding, password string) error {
	ctx := cmd.Context()
	if err := h.sound(&o); err != nil {
		return err
	}
	if err := h.migrate(ctx); err != nil {
		return err
	}
	n, err := h.organizations(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("the database has %d organizations already; init is for an empty one", n)
	}
	if _, err := h.found(ctx, o, password); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "The organization %s is made; %s can log in.\n", o.Code, o.AdminEmail)
	return nil
}
