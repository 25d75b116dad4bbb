// Package jsonapi is the JSON:API surface of both sides, back-office and storefront, derived from the definitions.
package jsonapi
