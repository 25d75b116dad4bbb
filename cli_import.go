package hanse

import (
	"context"
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
		Use: "import FILE", Short: "Import a file as a partner's, or show what that would change",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exitError{exitUsage, fmt.Sprintf("import takes one file, not %d; see hanse import --help", len(args))}
			}
			return nil
		},
		Long: "Imports a file as if the partner had sent it, into the running demo or server of the data folder, or into --database.\n" +
			"With --preview nothing is written: each row is compared with what is stored. Exit codes: 1 the file was refused,\n" +
			"2 wrong usage, 3 some rows failed.",
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(cmd, args[0]) },
	}
	i.settings.register(cmd, false)
	cmd.Flags().StringVar(&i.as, "as", "", "resource that the rows of a CSV file are, such as products (default: by the file's name)")
	cmd.Flags().StringVar(&i.partner, "partner", "", "code of the partner whose settings count (default: the first one)")
	cmd.Flags().BoolVar(&i.preview, "preview", false, "show what would change and write nothing")
	cmd.Flags().BoolVar(&i.json, "json", false, "print JSON")
	return cmd
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
	if _, ok := intake.TypeNamed(h.store.Schema(), i.as); i.as != "" && !ok {
		return &exitError{exitUsage, fmt.Sprintf("--as %q is no resource that can be imported; hanse resources lists them", i.as)}
	}
	p, err := i.findPartner(ctx, h)
	if err != nil {
		return err
	}
	r := &importReport{File: filepath.Base(path), Preview: i.preview}
	commands, err := h.answers()
	if err != nil {
		return err
	}
	service := &intake.Service{DB: h.work, Store: h.store, Ledger: h.ledger, Node: h.node, Log: log, Acknowledge: acknowledge, Commands: commands}
	if i.preview {
		err = i.show(ctx, service, p, path, r)
	} else {
		err = i.write(ctx, h, service, p, path, r)
	}
	if err != nil {
		return err
	}
	return r.print(cmd.OutOrStdout(), i.json)
}

// findPartner gives the partner as whose the file is imported.
func (i *importing) findPartner(ctx context.Context, h *house) (*intake.Partner, error) {
	partners, err := intake.LoadPartners(ctx, h.pool, h.registry, i.partner)
	switch {
	case err != nil:
		return nil, err
	case len(partners) == 0:
		return nil, fmt.Errorf("there is no enabled partner %q in the database; a file is imported as a partner's", i.partner)
	case i.partner != "" && len(partners) > 1:
		return nil, fmt.Errorf("%d organizations have a partner %q; put the file into his folder instead", len(partners), i.partner)
	}
	return partners[0], partners[0].Fault
}

// disk is a file of this machine.
type disk struct{ path string }

func (d disk) Name() string                 { return filepath.Base(d.path) }
func (d disk) Open() (io.ReadCloser, error) { return os.Open(d.path) } // #nosec G304 -- the caller names the file

// show previews the file.
func (i *importing) show(ctx context.Context, s *intake.Service, p *intake.Partner, path string, r *importReport) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	notes, err := s.Preview(ctx, intake.File{Partner: p, Content: disk{path}, Size: info.Size(), As: i.as}, r.add)
	var refused *intake.FileError
	if errors.As(err, &refused) {
		r.Status, r.Reason = string(exchange.Refused), refused.Error()
		return nil
	}
	for _, n := range notes {
		r.Remarks = append(r.Remarks, n.Detail)
	}
	r.Status = string(r.Counts.Status())
	return err
}

// write imports the file: an exchange of its own, processed here and now. If it is interrupted, the node that watches the
// partner's folder finishes it.
func (i *importing) write(ctx context.Context, h *house, s *intake.Service, p *intake.Partner, path string, r *importReport) error {
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
	c := out.Counts
	r.Counts = intake.Counts{Read: int64(c.Read), Created: int64(c.Created), Updated: int64(c.Updated), Unchanged: int64(c.Unchanged), Failed: int64(c.Failed)}
	if err := r.addIssues(ctx, h, p); err != nil {
		return err
	}
	if p.Home == "" {
		return nil
	}
	partnerHome, err := (home.Folders{Dir: filepath.Join(h.cfg.Data, "sftp")}).Open(ctx, p.Home)
	if err != nil {
		return err
	}
	defer func() { _ = partnerHome.Close() }()
	return watch.PlaceResult(ctx, s, partnerHome, p, name, receipt.ID, out)
}
