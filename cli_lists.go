package hanse

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/reference"
	"github.com/hanse-commerce/hanse/resource"
)

func resourcesCommand() *cobra.Command {
	return listCommand("resources [TYPE]", "List the resources, or the fields of one", func(w io.Writer, args []string, asJSON bool) error {
		schema, err := resource.NewSchema(definitions()...)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return listResources(w, schema, asJSON)
		}
		t, ok := schema.Type(args[0])
		if !ok {
			return &exitError{exitUsage, fmt.Sprintf("there is no resource %q; hanse resources lists them", args[0])}
		}
		return listFields(w, schema, t, asJSON)
	})
}

func commandsCommand() *cobra.Command {
	return listCommand("commands", "List the commands of the business", func(w io.Writer, _ []string, asJSON bool) error {
		schema, err := resource.NewSchema(definitions()...)
		if err != nil {
			return err
		}
		rows := [][]string{{"command", "result", "event", "doc"}}
		for _, c := range schema.Commands() {
			rows = append(rows, []string{c.Path(), c.Result, c.Event, c.Doc})
		}
		return table(w, rows, asJSON)
	})
}

func versionCommand() *cobra.Command {
	return listCommand("version", "Show the version", func(w io.Writer, _ []string, asJSON bool) error {
		if asJSON {
			return json.NewEncoder(w).Encode(map[string]string{"version": Version, "go": runtime.Version()})
		}
		_, err := fmt.Fprintf(w, "hanse %s (%s)\n", Version, runtime.Version())
		return err
	})
}

func listCommand(use, short string, list func(w io.Writer, args []string, asJSON bool) error) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: use, Short: short, Args: atMost(strings.Count(use, "[")),
		RunE: func(cmd *cobra.Command, args []string) error { return list(cmd.OutOrStdout(), args, asJSON) }}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return noArgs(cmd, args[min(n, len(args)):]) }
}

func listResources(w io.Writer, schema *resource.Schema, asJSON bool) error {
	rows := [][]string{{"resource", "area", "key", "admin", "storefront", "doc"}}
	for _, t := range schema.Types() {
		rows = append(rows, []string{t.Name, t.Area, record.KeyDoc(schema, t), reference.Letters(t.Admin), reference.Letters(t.Storefront), t.Doc})
	}
	return table(w, rows, asJSON)
}

func listFields(w io.Writer, schema *resource.Schema, t *resource.Type, asJSON bool) error {
	rows := [][]string{{"field", "kind", "column", "doc"}}
	for _, f := range t.Fields {
		column := f.Column
		if f.Computed != nil {
			column = "(computed)"
		}
		rows = append(rows, []string{f.Name, f.Kind.Name(), column, f.Text})
	}
	for _, r := range t.Relations {
		kind, column := "to one of "+r.Target, r.Column
		if r.ToMany {
			kind, column = "to many of "+r.Target, "("+r.Target+"."+r.Inverse+")"
		}
		rows = append(rows, []string{r.Name, kind, column, r.Text})
	}
	return table(w, rows, asJSON)
}

// table prints rows below their header, or a JSON array of objects by header.
func table(w io.Writer, rows [][]string, asJSON bool) error {
	if asJSON {
		list := make([]map[string]string, 0, len(rows)-1)
		for _, r := range rows[1:] {
			o := map[string]string{}
			for i, name := range rows[0] {
				o[name] = r[i]
			}
			list = append(list, o)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		if _, err := fmt.Fprintln(tw, strings.Join(r, "\t")); err != nil {
			return err
		}
	}
	return tw.Flush()
}
