// Package sap speaks to SAP ERP by IDocs in XML: master data, prices, stock and answers to orders come in, orders go out.
package sap

import (
	"github.com/hanse-commerce/hanse/module"
)

// Module is the integration module "sap". It is safe for use from several goroutines and keeps no state between files.
type Module struct {
	mappings *mappings
}

// New makes the module.
func New() *Module { return &Module{mappings: newMappings()} }

func init() { module.Register(New()) }

// Info implements module.Module.
func (m *Module) Info() module.Info {
	return module.Info{
		Name: "sap", Title: "SAP ERP",
		Doc:      "Takes customers, materials, conditions and stock from SAP as IDocs, gives it orders, takes its answers (ORDRSP, DELVRY03, INVOIC02) and its own orders, and confirms both ways by ALEAUD.",
		Settings: Settings(),
	}
}
