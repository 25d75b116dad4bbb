package hanse_test

import (
	"os"
	"testing"

	"github.com/hanse-commerce/hanse/test/program"
)

// TestMain lets the test binary be the program, so that tests run the real thing in processes of its own.
func TestMain(m *testing.M) {
	program.Main()
	os.Exit(program.Tests(m))
}
