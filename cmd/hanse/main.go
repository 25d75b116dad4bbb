// Command hanse is the B2B commerce platform as one binary. To build one with modules of your own, copy this file and
// import them here.
package main

import (
	"os"

	"github.com/hanse-commerce/hanse"
)

func main() { os.Exit(hanse.Main()) }
