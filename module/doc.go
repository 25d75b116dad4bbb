// Package module is the contract of an integration module and the registry of those built in; it is all that a module
// needs to import of Hanse beside resource, money, unit and format.
package module
