package postgres

import (
	"os"
	"testing"
)

func TestParsePostmasterFile(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]postmasterFile{
		"4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  123 7\nready   \n": {4711, 5433, "ready"},
		"4711\n/data\n1700000000\n5433\n/run\n\n  123 7\nstopping\n":      {4711, 5433, "stopping"},
		"4711\n/data\n1700000000\n":                                       {4711, 0, ""},
		"4711":                                                            {4711, 0, ""},
	} {
		got, err := parsePostmasterFile(content)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", content, got, err, want)
		}
	}
	for _, content := range []string{"", "\n", "postgres\n", "-7\n/data\n", "0"} {
		if got, err := parsePostmasterFile(content); err == nil {
			t.Errorf("%q was taken as %+v", content, got)
		}
	}
}

func FuzzParsePostmasterFile(f *testing.F) {
	f.Add("4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  123 7\nready   \n")
	f.Add("4711\n\n\nx\n")
	f.Fuzz(func(t *testing.T, content string) {
		file, err := parsePostmasterFile(content)
		if err == nil && file.pid <= 0 {
			t.Errorf("%q gives process %d: a signal to it would reach a whole group", content, file.pid)
		}
	})
}

func TestServerIsToldFromOtherProcesses(t *testing.T) {
	t.Parallel()
	if runsServer(os.Getpid(), "/") {
		t.Error("the test is taken for a PostgreSQL server")
	}
	if runsServer(1<<22+1, "/") {
		t.Error("a process that cannot be is taken for a PostgreSQL server")
	}
}
