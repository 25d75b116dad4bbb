// Command hanse is the B2B commerce platform as one binary; to build one with modules of your own, copy this file and
// import them in it.
package main

import (
	"os"

	"github.com/hanse-commerce/hanse"
	_ "github.com/hanse-commerce/hanse/module/all"
)

func main() { os.Exit(hanse.Main()) }
