package module

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hanse-commerce/hanse/resource"
)

// Module is code that speaks to one kind of outside system. What it can do is told by the further interfaces that it
// fulfils: those of ability.go, and DocumentReader, DocumentWriter and Confirmer.
//
// Its life:
//  1. Its package registers it in init by one call of Register; nothing else happens there.
//  2. An administrator makes a channel of it: the module's settings, checked against Info's declaration, the websites it is
//     for and, for files, the partner. One module may serve any number of channels. Settings that are WriteOnly are secrets:
//     stored encrypted, never shown again, and handed to the module in plain text. "Test connection" runs its Checks.
//  3. For each call (Pay, Look, Rates, a Check) Hanse hands it a Channel and a context with a deadline: 20 s for payments,
//     2 s for rates, 10 s for a check. Calls come from several goroutines at once, at most 16 a channel and node. A call
//     that fails with an Error that is Retryable is made again, with growing pauses, as long as its deadline allows; five
//     calls in a row that failed so open the circuit breaker of the channel for 30 s, during which calls fail at once.
//  4. No call is made inside a database transaction. What a module says is written by Hanse, in a transaction of its own;
//     a process that dies between is made good by asking again, so a module must bear being asked twice.
//  5. For each file of the partner whose root element the module knows, Hanse opens the document with the channel's
//     settings and takes its rows one after another. A module keeps no state between files and writes nothing itself: it
//     says which records a row means and which commands it asks for, and Hanse writes them, in one transaction for many rows.
//  6. For each event it declared, Hanse hands it a record and a writer, after the event's transaction has committed. The
//     file reaches the partner whole or not at all. An error is tried again with growing pauses.
//  7. A panic of a module costs the call, not the process. A module starts no goroutines that outlive a call.
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
