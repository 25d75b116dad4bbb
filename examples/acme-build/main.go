// Command acme-build is Hanse with a module of Acme's own: a courier whose price list is a setting.
package main

import (
	"os"

	"github.com/hanse-commerce/hanse"
	_ "github.com/hanse-commerce/hanse/module/all" // the modules that Hanse comes with

	_ "example.com/acme/build/courier" // registers itself
)

func main() { os.Exit(hanse.Main()) }
