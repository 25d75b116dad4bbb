// Package all is every integration module that the shipped binary has: importing it registers them.
package all

import (
	_ "github.com/hanse-commerce/hanse/module/sap" // SAP ERP by IDocs
)
