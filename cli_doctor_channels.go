package hanse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/secret"
)

// checkSecrets looks at the key that secrets of channels are sealed with, and makes none.
func (h *house) checkSecrets(context.Context) finding {
	_, err := secret.Read(h.cfg.SecretKey, h.cfg.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return warning("secrets", "there is no key yet", "it is made at the first start, in "+secret.File+" of the data folder")
	case err != nil:
		return failure("secrets", err, "mend the key; until then channels with secrets are not used")
	}
	return pass("secrets", "there is a key")
}

// checkChannels tells which channels cannot be used, and why.
func (h *house) checkChannels(ctx context.Context) finding {
	organizations, err := h.organizationIDs(ctx)
	if err != nil {
		return failure("channels", err, "run hanse migrate")
	}
	keys, _ := secret.Read(h.cfg.SecretKey, h.cfg.Data) // what is wrong with the key each channel says
	host := channel.New(channel.Options{DB: h.work, Registry: h.registry, Keys: keys, Log: h.log})
	var wrong []string
	usable := 0
	for _, o := range organizations {
		all, err := host.Overview(ctx, access.SystemCaller(o, "doctor"))
		if err != nil {
			return failure("channels", err, "run hanse migrate")
		}
		for _, s := range all {
			switch s.Works() {
			case "broken":
				wrong = append(wrong, s.Code+": "+strings.Join(s.Faults, " "))
			case "failing":
				wrong = append(wrong, fmt.Sprintf("%s: %d failures in a row, the last one: %s", s.Code, s.OpenErrors, s.Failure))
			default:
				usable++
			}
		}
	}
	if len(wrong) > 0 {
		return warning("channels", strings.Join(wrong, "; "), "mend the channel in the back-office, then test its connection")
	}
	return pass("channels", fmt.Sprintf("%d, none broken", usable))
}

func (h *house) organizationIDs(ctx context.Context) (all []string, err error) {
	err = pgx.BeginFunc(ctx, h.work, func(tx pgx.Tx) error {
		if err := access.EnterSystem(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select id::text from organization")
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return all, err
}
