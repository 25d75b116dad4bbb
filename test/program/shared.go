package program

import (
	"path/filepath"
	"sync"
	"testing"
)

// shared is package state because the tests of one binary have nothing else in common; it is made once, when the first
// test asks.
var shared struct {
	sync.Mutex
	demo *Demo
	err  error
	dirs []string
}

// Shared is a demo that all tests of a binary use: nothing plays SAP, and what tests do in it must not hurt one another.
func Shared(t testing.TB) *Demo {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.demo == nil && shared.err == nil {
		shared.demo, shared.err = startShared()
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.demo
}

func startShared() (*Demo, error) {
	dir, err := keep()
	if err != nil {
		return nil, err
	}
	d := &Demo{Data: filepath.Join(dir, "data")}
	d.Process, err = start(Options{}, append([]string{"demo", "--data", d.Data, "--no-simulators"}, FreePorts()...)...)
	if err != nil {
		return nil, err
	}
	if err := d.await(); err != nil {
		d.end(nil)
		return nil, err
	}
	return d, nil
}

// Keep makes a folder like Folder does, that all tests of a binary use.
func Keep() (string, error) {
	shared.Lock()
	defer shared.Unlock()
	return keep()
}

func keep() (string, error) {
	dir, err := makeFolder()
	if err == nil {
		shared.dirs = append(shared.dirs, dir)
	}
	return dir, err
}

// Tests runs the tests of a binary and stops what they share.
func Tests(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.demo != nil {
		shared.demo.end(nil)
	}
	for _, dir := range shared.dirs {
		removeFolder(nil, dir)
	}
	return code
}
