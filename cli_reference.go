package hanse

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/reference"
	"github.com/hanse-commerce/hanse/module"
	"github.com/hanse-commerce/hanse/resource"
)

func referenceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reference DIR", Short: "Write the reference of this build as Markdown: resources, commands, values, modules", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pages, err := referencePages()
			if err != nil {
				return err
			}
			if err := reference.Write(args[0], pages); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d pages are in %s.\n", len(pages), args[0])
			return nil
		},
	}
}

// referencePages are the reference of this build, its command line among it.
func referencePages() ([]reference.Page, error) {
	schema, err := resource.NewSchema(definitions()...)
	if err != nil {
		return nil, err
	}
	return append(reference.Pages(schema, module.Default.All()), reference.Page{Name: "cli.md", Content: commandLine()}), nil
}

// commandLine describes every command with its flags.
func commandLine() string {
	var b strings.Builder
	b.WriteString("# Command line\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done. Settings come from flags, else the environment\n" +
		"(`HANSE_` and the setting in capitals), else the file named by `--config`.\n")
	for _, c := range rootCommand().Commands() {
		if !c.IsAvailableCommand() || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		fmt.Fprintf(&b, "\n## hanse %s\n\n%s.\n", c.Use, c.Short)
		if c.Long != "" {
			fmt.Fprintf(&b, "\n%s\n", c.Long)
		}
		if c.Example != "" {
			fmt.Fprintf(&b, "\n```sh\n%s\n```\n", strings.ReplaceAll(strings.TrimSpace(c.Example), "\n  ", "\n"))
		}
		if flags := c.Flags().FlagUsages(); flags != "" {
			b.WriteString("\n```text\n" + flags + "```\n")
		}
	}
	return b.String()
}
