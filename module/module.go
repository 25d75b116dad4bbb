package module

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hanse-commerce/hanse/resource"
)

// Module is code that speaks to one kind of outside system. What it can do is told by the further interfaces that it
// fulfils: DocumentReader, DocumentWriter, Confirmer.
//
// Its life:
//  1. Its package registers it in init; nothing else happens there.
//  2. An administrator makes a channel of it: the module's settings, checked against Info's declaration, and the partner
//     whose files it reads and writes. One module may serve any number of channels.
//  3. For each file of the partner whose root element the module knows, Hanse opens the document with the channel's
//     settings and takes its rows one after another. A module keeps no state between files and writes nothing itself: it
//     says which records a row means, and Hanse writes them, in one transaction for many rows.
//  4. For each event it declared, Hanse hands it a record and a writer, after the event's transaction has committed. The
//     file reaches the partner whole or not at all. An error is tried again with growing pauses.
//  5. Methods are called from several goroutines at once.
type Module interface {
	Info() Info
}

// Info describes a module.
type Info struct {
	Name     string          // "sap", as in a channel's kind
	Title    string          // "SAP ERP"
	Doc      string          // one sentence
	Settings resource.Fields // declared once: form, validation and documentation derive from it
}

// Registry holds modules by name.
type Registry struct {
	mu      sync.RWMutex
	modules map[string]Module
}

// Default is the registry that the shipped binary uses.
var Default = &Registry{}

// Register adds a module to the default registry; it is meant to be called from init and panics on a name taken twice,
// since that is a mistake in the build.
func Register(m Module) {
	if err := Default.Add(m); err != nil {
		panic(err)
	}
}

// Add adds a module.
func (r *Registry) Add(m Module) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := m.Info().Name
	if _, taken := r.modules[name]; taken {
		return fmt.Errorf("two modules are named %q", name)
	}
	if r.modules == nil {
		r.modules = map[string]Module{}
	}
	r.modules[name] = m
	return nil
}

// Get finds a module by name.
func (r *Registry) Get(name string) (Module, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	m, ok := r.modules[name]
	return m, ok
}

// All lists the modules by name.
func (r *Registry) All() []Module {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := make([]Module, 0, len(r.modules))
	for _, m := range r.modules {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b Module) int { return strings.Compare(a.Info().Name, b.Info().Name) })
	return all
}
