// Package build compiles Hanse with a module from outside the repository, as an integrator would.
package build
