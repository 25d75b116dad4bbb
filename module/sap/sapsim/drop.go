package sapsim

import (
	"context"
	"fmt"
	"io"
)

// File is a file to be dropped; Write writes its content and may be called more than once.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Drop puts files into the server's in folder, one after another: each is uploaded as NAME.tmp and renamed. What they say
// of customers, materials and prices is what SAP knows from then on.
func (s *Simulator) Drop(ctx context.Context, files ...File) error {
	for _, f := range files {
		if err := s.wire.put(ctx, f.Name, func(w io.Writer) error { return s.learnWhile(f, w) }); err != nil {
			return fmt.Errorf("drop %s: %w", f.Name, err)
		}
		s.cfg.Log.InfoContext(ctx, "SAP dropped a file", "file", f.Name)
	}
	return nil
}

// Learn makes SAP know what the files say without dropping them, as after a restart.
func (s *Simulator) Learn(files ...File) error {
	for _, f := range files {
		if err := s.learnWhile(f, io.Discard); err != nil {
			return fmt.Errorf("learn %s: %w", f.Name, err)
		}
	}
	return nil
}

// learnWhile writes a file to w and reads along. A file that SAP would not understand is dropped all the same: middleware
// does not look into files.
func (s *Simulator) learnWhile(f File, w io.Writer) error {
	in, along := io.Pipe()
	learned := make(chan error, 1)
	go func() {
		err := s.learn(f.Name, in)
		_, _ = io.Copy(io.Discard, in) // what follows a fault; the writer must not hang
		learned <- err
	}()
	err := f.Write(io.MultiWriter(w, along))
	_ = along.CloseWithError(err) // an io.PipeWriter closes without error
	if fault := <-learned; fault != nil && err == nil {
		s.cfg.Log.Warn("SAP does not understand a file of its own", "file", f.Name, "error", fault)
	}
	return err
}
