// Package tour runs the commands of the documentation against a demo, as a reader would.
package tour
