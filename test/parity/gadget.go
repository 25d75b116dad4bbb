// Package parity holds one resource more than Hanse has, which the leak test drives through every surface.
package parity

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/change"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/resource"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of gadgets. They need those of the catalogue before them.
func Migrations() postgres.Source {
	sub, _ := fs.Sub(migrations, "migrations") // the folder is embedded above
	return postgres.Source{Area: "parity", FS: sub}
}

// Resources are the definitions of gadgets.
func Resources() []resource.Definition { return []resource.Definition{Gadgets, GadgetParts, Polish} }

// Gadgets have a field of most kinds, a relation to another area's resource and a list of their own.
var Gadgets = resource.Type{
	Name: "gadgets", Table: "gadget", Area: "parity",
	Doc: "A thing that no other part of Hanse has heard of.",
	Fields: resource.Fields{
		resource.Text("code").Max(64).Key().Doc("Short name of the gadget."),
		resource.Localized("title").Required().Doc("Title that buyers see."),
		resource.Enum("finish", "rough", "polished").Default("rough").Required().Doc("How it feels."),
		resource.Enum("status", "enabled", "disabled").Default("enabled").Required().Doc("Buyers do not see a disabled gadget."),
		resource.Decimal("length", 12, 3).Positive().Unit("m").Doc("How long it is."),
		resource.Boolean("handmade").Default("false").Required().Doc("Whether a person made it."),
		resource.Date("madeOn").Doc("Day on which it was made."),
		resource.Decimal("shine", 6, 2).ReadOnly().Doc("What polishing has done; only the command writes it."),
		resource.Text("maker").AdminOnly().Doc("Who made it."),
	},
	Relations: resource.Relations{
		resource.One("category", "categories").OrClear().Doc("Where buyers find it."),
		resource.Many("parts", "gadgetParts", "gadget").Owned().OrderedBy("position").Doc("What it is made of."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly.Where("status", "enabled"),
}

// GadgetParts are written and deleted with their gadget.
var GadgetParts = resource.Type{
	Name: "gadgetParts", Table: "gadget_part", Area: "parity",
	Doc:   "A part of a gadget.",
	KeyOf: []string{"gadget", "position"},
	Fields: resource.Fields{
		resource.Integer("position").Positive().Required().Doc("Order among the parts."),
		resource.Text("name").Max(100).Required().Doc("What the part is."),
	},
	Relations: resource.Relations{
		resource.One("gadget", "gadgets").Required().CreateOnly().Doc("The gadget."),
	},
	Admin:      resource.Full,
	Storefront: resource.ReadOnly,
}

// Polish is what makes a gadget shine.
var Polish = resource.Command{
	Name: "polish", On: "gadgets", Result: "gadgets", Event: "gadget.polished", Idempotent: true, Admin: true,
	Doc:   "Polishes a gadget, each time a little more.",
	Input: resource.Fields{resource.Decimal("effort", 6, 2).Positive().Required().Doc("How much it shall shine more.")},
}

// Bindings ties the command to its function.
func Bindings() []command.Binding {
	return []command.Binding{{On: Polish.On, Name: Polish.Name, Run: polish}}
}

func polish(ctx context.Context, tx pgx.Tx, call *command.Call) (string, error) {
	_, err := tx.Exec(ctx, `UPDATE gadget SET shine = coalesce(shine, 0) + $2, finish = 'polished', updated_at = now(), revision = revision + 1
		WHERE id = $1`, call.Target, call.Value("effort"))
	if err != nil {
		return "", fmt.Errorf("polishing gadget %s: %w", call.Target, err)
	}
	return call.Target, change.Append(ctx, tx, call.Caller, change.Entry{Resource: "gadgets", Event: Polish.Event, IDs: []string{call.Target}, Fields: []string{"shine", "finish"}})
}
