package hanse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hanse-commerce/hanse/internal/exchange"
	"github.com/hanse-commerce/hanse/internal/point/files/home"
	"github.com/hanse-commerce/hanse/internal/point/files/intake"
	"github.com/hanse-commerce/hanse/internal/point/files/watch"
)

// importing is one use of the import command.
type importing struct {
	settings settingsFlags
	as       string
	partner  string
	preview  bool
	json     bool
}

func importCommand() *cobra.Command {
	var i importing
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Import a file as a partner's, or show what that would change", Args: exactly(1),
		Long: "Imports a file as if the partner had sent it, into the running demo or server of the data folder, or into --database.\n" +
			"With --preview nothing is written: each row is compared with what is stored. Exit code 3: some rows failed.",
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(cmd, args[0]) },
	}
	i.settings.register(cmd, false)
	cmd.Flags().StringVar(&i.as, "as", "", "resource that the rows are, such as products (default: by the file's name)")
	cmd.Flags().StringVar(&i.partner, "partner", "", "code of the partner whose settings count (default: the first one)")
	cmd.Flags().BoolVar(&i.preview, "preview", false, "show what would change and write nothing")
	cmd.Flags().BoolVar(&i.json, "json", false, "print JSON")
	return cmd
}

// report is what the command prints with --json.
type report struct {
	File     string        `json:"file"`
	Exchange string        `json:"exchange,omitempty"`
	Status   string        `json:"status"`
	Preview  bool          `json:"preview"`
	Counts   intake.Counts `json:"counts"`
	Reason   string        `json:"reason,omitempty"`
	Rows     []reportedRow `json:"rows,omitempty"`
}

type reportedRow struct {
	Line     int    `json:"line"`
	Resource string `json:"resource"`
	Key      string `json:"key"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitempty"`
}

func (i *importing) run(cmd *cobra.Command, path string) error {
	ctx := cmd.Context()
	c, err := i.settings.load(cmd)
	if err != nil {
		return err
	}
	log, err := newLog(c.Log)
	if err != nil {
		return err
	}
	h, err := visitHouse(ctx, c, log)
	if err != nil {
		return err
	}
	defer h.close()
	partners, err := intake.LoadPartners(ctx, h.pool, h.registry, i.partner)
	if err != nil {
		return err
	}
	if len(partners) == 0 {
		return fmt.Errorf("there is no enabled partner %q in the database; a file is imported as a partner's", i.partner)
	}
	r := &report{File: filepath.Base(path), Preview: i.preview}
	service := &intake.Service{DB: h.work, Store: h.store, Ledger: h.ledger, Node: h.node, Log: log, Acknowledge: acknowledge}
	if i.preview {
		err = i.show(ctx, service, partners[0], path, r)
	} else {
		err = i.write(ctx, h, service, partners[0], path, r)
	}
	if err != nil {
		return err
	}
	return r.print(cmd.OutOrStdout(), i.json)
}

// disk is a file of this machine.
type disk struct{ path string }

func (d disk) Name() string                 { return filepath.Base(d.path) }
func (d disk) Open() (io.ReadCloser, error) { return os.Open(d.path) } // #nosec G304 -- the caller names the file

// shownRows bounds what a preview prints row by row.
const shownRows = 1000

func (i *importing) show(ctx context.Context, s *intake.Service, p *intake.Partner, path string, r *report) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	_, err = s.Preview(ctx, intake.File{Partner: p, Content: disk{path}, Size: info.Size(), As: i.as}, func(d *intake.Done) {
		r.Counts.Add(d.Counts)
		for _, l := range d.Lines {
			if len(r.Rows) < shownRows {
				r.Rows = append(r.Rows, reportedRow{l.Line, l.Resource, l.Key, l.Outcome.String(), l.Reason()})
			}
		}
	})
	var refused *intake.FileError
	if errors.As(err, &refused) {
		r.Status, r.Reason = string(exchange.Refused), refused.Error()
		return nil
	}
	r.Status = string(r.Counts.Status())
	return err
}

func (i *importing) write(ctx context.Context, h *house, s *intake.Service, p *intake.Partner, path string, r *report) error {
	f, err := os.Open(path) // #nosec G304 -- the caller names the file
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := h.openBlobs(); err != nil {
		return err
	}
	info, err := h.blobs.Put(ctx, f)
	if err != nil {
		return fmt.Errorf("keeping the content of %s: %w", path, err)
	}
	name := filepath.Base(path)
	receipt, err := h.ledger.Receive(ctx, p.Caller(""), exchange.Arrival{Point: exchange.FilesPoint, Partner: p.ID, Name: name, Hash: info.Hash, Size: info.Size})
	if err != nil {
		return err
	}
	out, err := s.Process(ctx, intake.File{Partner: p, Exchange: receipt.ID, Size: info.Size, As: i.as, Again: true,
		Content: watch.Blob{Context: ctx, File: name, Hash: info.Hash, From: h.blobs}})
	if err != nil {
		return err
	}
	r.Exchange, r.Status, r.Reason = receipt.ID, string(out.Status), out.Reason.Text
	r.Counts = intake.Counts{Read: int64(out.Counts.Read), Created: int64(out.Counts.Created), Updated: int64(out.Counts.Updated),
		Unchanged: int64(out.Counts.Unchanged), Failed: int64(out.Counts.Failed)}
	partnerHome, err := (home.Folders{Dir: filepath.Join(h.cfg.Data, "sftp")}).Open(ctx, p.Home)
	if err != nil {
		return err
	}
	defer func() { _ = partnerHome.Close() }()
	return watch.PlaceResult(ctx, s, partnerHome, p, name, receipt.ID, out)
}

func (r *report) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		if err := e.Encode(r); err != nil {
			return err
		}
	} else {
		c := r.Counts
		fmt.Fprintf(w, "%s: %s. %d rows: %d created, %d updated, %d unchanged, %d failed.\n", r.File, r.Status, c.Read, c.Created, c.Updated, c.Unchanged, c.Failed)
		if r.Reason != "" {
			fmt.Fprintln(w, r.Reason)
		}
		for _, row := range r.Rows {
			if row.Outcome != "unchanged" || row.Reason != "" {
				fmt.Fprintf(w, "  line %d  %s %s  %s  %s\n", row.Line, row.Resource, row.Key, row.Outcome, row.Reason)
			}
		}
	}
	switch r.Status {
	case string(exchange.Refused):
		return &exitError{code: exitFailed}
	case string(exchange.PartlyDone):
		return &exitError{code: exitPartial}
	}
	return nil
}
