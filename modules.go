package hanse

import (
	_ "github.com/hanse-commerce/hanse/module/all" // the integration modules of this build
)
