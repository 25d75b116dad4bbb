package sap

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// maxRecursion bounds how deep named maps of a mapping may call each other.
const maxRecursion = 50

// allowedFunctions are all that a mapping may call: nothing that reads the environment, files, clock or chance, and no
// range, so that a mapping's work is bounded by its input.
var allowedFunctions = map[string]bool{"deleted": true, "throw": true, "nothing": true, "var": true}

// refusedMethods could make much of little, write logs, or fetch schemas.
var refusedMethods = []string{"repeat", "log", "json_schema"}

// newEnvironment is the Bloblang that mappings are written in: pure, without imports, with exact decimals.
func newEnvironment() (*bloblang.Environment, error) {
	env := bloblang.NewEnvironment()
	var refused []string
	env.WalkFunctions(func(name string, _ *bloblang.FunctionView) {
		if !allowedFunctions[name] {
			refused = append(refused, name)
		}
	})
	env = env.WithoutFunctions(refused...).WithoutMethods(refusedMethods...).WithDisabledImports().WithMaxMapRecursion(maxRecursion)
	for _, register := range []func(*bloblang.Environment) error{registerDecimal, registerSegment, registerText, registerTime} {
		if err := register(env); err != nil {
			return nil, fmt.Errorf("setting up the language of mappings: %w", err)
		}
	}
	return env, nil
}
