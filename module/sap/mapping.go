package sap

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

//go:embed mapping/*.blobl
var mappingFiles embed.FS

// mappings are the Bloblang files, each parsed when it is first used.
type mappings struct {
	env  func() (*bloblang.Environment, error)
	mu   sync.Mutex
	done map[string]*mapping
}

func newMappings() *mappings {
	return &mappings{env: sync.OnceValues(newEnvironment), done: map[string]*mapping{}}
}

// mapping turns a tree into another; it is safe for use from several goroutines.
type mapping struct {
	name string
	exec *bloblang.Executor
}

func (m *mappings) get(name string) (*mapping, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if done, ok := m.done[name]; ok {
		return done, nil
	}
	text, err := mappingFiles.ReadFile("mapping/" + name + ".blobl")
	if err != nil {
		return nil, fmt.Errorf("reading the mapping %s: %w", name, err)
	}
	env, err := m.env()
	if err != nil {
		return nil, err
	}
	parsed, err := parse(env, name, string(text))
	if err != nil {
		return nil, err
	}
	m.done[name] = parsed
	return parsed, nil
}

func parse(env *bloblang.Environment, name, text string) (*mapping, error) {
	exec, err := env.Parse(text)
	if err != nil {
		if p := new(bloblang.ParseError); errors.As(err, &p) {
			return nil, fmt.Errorf("parsing the mapping %s: %s", name, strings.TrimSpace(p.ErrorMultiline()))
		}
		return nil, fmt.Errorf("parsing the mapping %s: %w", name, err)
	}
	return &mapping{name, exec}, nil
}

// run applies the mapping. The input must not be used afterwards.
func (m *mapping) run(input map[string]any) (output, error) {
	value, err := m.exec.Query(input)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the mapping gave %T where an object is needed", value)
	}
	return object, nil
}
