package main

import (
	"errors"
	"os"

	"github.com/hanse-commerce/hanse/internal/point/files/filestest"
)

// writeRows writes the file; changed gives every tenth row another price and stock.
func writeRows(path string, rows int, changed bool) (size int64, err error) {
	f, err := os.Create(path) // #nosec G304 -- in the bench's own folder
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := filestest.WriteProducts(f, rows, changed); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
