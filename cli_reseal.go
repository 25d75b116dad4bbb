package hanse

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
)

func resealCommand() *cobra.Command {
	var f settingsFlags
	cmd := &cobra.Command{
		Use: "reseal", Short: "Seal the secrets of channels anew with the first key, so that older keys can go", Args: noArgs,
		Long: "To change the key for secrets, put a new one (made by age-keygen) above the old one in secret.key of the data folder, or first\n" +
			"in HANSE_SECRET_KEY; restart the nodes, so that all have both; run this; then take the old one out.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.visit(cmd, func(h *house) error {
				keys, err := secret.Read(h.cfg.SecretKey, h.cfg.Data)
				if err != nil {
					return err
				}
				r, err := channel.Reseal(cmd.Context(), h.work, keys)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d secrets are sealed with the first key.\n", r.Secrets)
				if len(r.Unreadable) > 0 {
					return &exitError{exitPartial, "no key opens these, which have to be set again: " + strings.Join(r.Unreadable, ", ")}
				}
				return nil
			})
		},
	}
	f.register(cmd, false)
	return cmd
}
