// Package openapi describes the APIs of both sides in OpenAPI 3.1, from the definitions at the moment of the request.
package openapi

import (
	"encoding/json"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/resource"
)

// Document is the description of one side, served below base ("/api/admin/v1").
func Document(schema *resource.Schema, side access.Side, base, version string) ([]byte, error) {
	d := &description{schema: schema, side: side, schemas: object{}, paths: object{}, parameters: parameters()}
	d.shared()
	var tags []any
	for _, t := range schema.Types() {
		if !record.Exposed(side, t).Read && !d.commanded(t) {
			continue
		}
		tags = append(tags, object{"name": t.Name, "description": t.Doc})
		d.describe(t)
	}
	for _, c := range schema.Commands() {
		if d.offers(c) {
			d.command(c)
		}
	}
	d.session()
	return json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{"title": "Hanse " + title(side) + " API", "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "JSON:API 1.1. Wherever an id is accepted, key:… (natural key) and ext:SYSTEM:… (external id) work too. " +
				"Decimals are strings, times RFC 3339 in UTC. This document is derived from the definitions and always current."},
		"servers":    []any{object{"url": base}},
		"tags":       tags,
		"paths":      d.paths,
		"components": object{"schemas": d.schemas, "securitySchemes": security(side), "responses": responses(), "parameters": d.parameters},
		"security":   []any{object{"default": []any{}}},
	})
}

type object = map[string]any

type description struct {
	schema  *resource.Schema
	side    access.Side
	schemas object
	paths   object
	// parameters are shared, filters too: lists and related records of one type take the same.
	parameters object
}

func (d *description) offers(c *resource.Command) bool {
	if d.side == access.Storefront {
		return c.Storefront
	}
	return c.Admin
}

// commanded reports whether the side has any command of a type.
func (d *description) commanded(t *resource.Type) bool {
	for _, name := range t.Commands {
		if c, ok := d.schema.Command(t.Name, name); ok && d.offers(c) {
			return true
		}
	}
	return false
}

func title(side access.Side) string {
	if side == access.Storefront {
		return "storefront"
	}
	return "back-office"
}

func security(side access.Side) object {
	if side == access.Storefront {
		return object{"default": object{"type": "apiKey", "in": "cookie", "name": "hanse_storefront", "description": "Session of a buyer who logged in by POST /session."}}
	}
	return object{"default": object{"type": "oauth2", "flows": object{"clientCredentials": object{"tokenUrl": "/oauth/token", "scopes": object{}}}}} // #nosec G101 -- a path
}

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

func content(schema any) object {
	return object{"application/vnd.api+json": object{"schema": schema}}
}

// language is that of schemas, which only asks whether all languages are shown.
func (d *description) language() resource.Language {
	return resource.Language{All: d.side == access.Admin}
}
