package hanse

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/module"
)

func modulesCommand() *cobra.Command {
	return listCommand("modules [NAME]", "List the integration modules of this build, or the settings of one (--json: their JSON Schema)",
		func(w io.Writer, args []string, asJSON bool) error {
			if len(args) == 0 {
				return listModules(w, asJSON)
			}
			m, ok := module.Default.Get(args[0])
			if !ok {
				return &exitError{exitUsage, fmt.Sprintf("there is no module %q in this build; hanse modules lists them", args[0])}
			}
			if asJSON {
				e := json.NewEncoder(w)
				e.SetIndent("", "  ")
				return e.Encode(module.SettingsSchema(m.Info()))
			}
			return listSettings(w, m.Info())
		})
}

func listModules(w io.Writer, asJSON bool) error {
	rows := [][]string{{"module", "title", "can", "doc"}}
	for _, m := range module.Default.All() {
		i := m.Info()
		rows = append(rows, []string{i.Name, i.Title, strings.Join(module.Abilities(m), " "), i.Doc})
	}
	return table(w, rows, asJSON)
}

func listSettings(w io.Writer, i module.Info) error {
	rows := [][]string{{"setting", "kind", "default", "given by", "doc"}}
	for _, f := range i.Settings {
		given, fallback := "settings", ""
		if f.Secret {
			given = "setSecret"
		}
		switch {
		case f.Fallback != nil:
			fallback = f.Fallback.Text
		case f.Mandatory:
			fallback = "(required)"
		}
		rows = append(rows, []string{f.Name, f.Kind.Name(), fallback, given, f.Text})
	}
	return table(w, rows, false)
}
