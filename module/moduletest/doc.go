// Package moduletest has one suite for each ability of an integration module, which a module calls in some twenty lines against
// its simulator.
package moduletest
