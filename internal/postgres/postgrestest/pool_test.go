package postgrestest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hanse-commerce/hanse/internal/postgres"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

func source(table string) postgres.Source {
	return postgres.Source{Area: "test", FS: fstest.MapFS{
		"20261201T1200_test.sql": &fstest.MapFile{Data: []byte("-- +goose Up\ncreate table " + table + " (n int);\n")},
	}}
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			pool := postgrestest.Pool(t, source("one"))
			tag, err := pool.Exec(ctx, "insert into one select $1 where not exists (select from one)", i)
			if err != nil || tag.RowsAffected() != 1 {
				t.Errorf("the database is not empty: %v", err)
			}
		})
	}
	other := postgrestest.Pool(t, source("two"))
	if _, err := other.Exec(ctx, "insert into two values (1)"); err != nil {
		t.Errorf("sources with the same names and other contents: %v", err)
	}
}

// TestMain lets the test binary play one that dies: with HANSE_TEST_DIE it names its server's process
// and folder and kills itself.
func TestMain(m *testing.M) {
	if os.Getenv("HANSE_TEST_DIE") == "" {
		os.Exit(m.Run())
	}
	t := &testing.T{}
	pool, err := postgres.Open(context.Background(), postgrestest.Empty(t), postgres.PoolOptions{})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	var folder string
	if err := pool.QueryRow(context.Background(), "select current_setting('data_directory')").Scan(&folder); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println(folder)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func TestNothingIsLeftOfAKilledBinary(t *testing.T) {
	t.Parallel()
	if _, err := postgres.FindPrograms(context.Background(), 0); err != nil {
		t.Skipf("skipped: %v", err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "HANSE_TEST_DIE=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	folder := strings.TrimSpace(line)
	_ = cmd.Wait()
	if !strings.HasPrefix(folder, "/") {
		t.Fatalf("the other binary says %q", line)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		_, err := os.Stat(folder)
		if os.IsNotExist(err) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there: %v", folder, err)
		}
		wait(t, 20*time.Millisecond)
	}
}

func wait(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
	case <-time.After(d):
	}
}
