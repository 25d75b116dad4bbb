// Package backoffice is what the company's staff sees: work that waits, exchanges with their errors, and every resource as
// grid, record and form, derived from the definitions.
package backoffice
