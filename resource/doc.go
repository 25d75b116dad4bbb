// Package resource says what a resource, a field, a relation and a command are; every surface of Hanse is derived from
// these definitions at run time.
package resource
