package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// OldestMajor is the oldest PostgreSQL that Hanse works with.
const OldestMajor = 15

// ErrNoPrograms says that no PostgreSQL server programs of a usable version are on this machine.
var ErrNoPrograms = errors.New("no PostgreSQL programs found")

// Programs is a folder with PostgreSQL's server programs (initdb, postgres) of one version.
type Programs struct {
	// Dir is the folder's absolute path.
	Dir string
	// Major is the major version, Version the full one as the program prints it.
	Major   int
	Version string
}

// Path gives the path of one program.
func (p Programs) Path(program string) string { return filepath.Join(p.Dir, program) }

// FindPrograms looks for server programs of at least OldestMajor: in PATH, where pg_config says, where
// the usual packages put them, and where FetchPrograms puts them. It returns the newest, or the newest of the
// given major version when major is not 0; ErrNoPrograms when there are none.
func FindPrograms(ctx context.Context, major int) (Programs, error) {
	var found []Programs
	seen := map[string]bool{}
	for _, dir := range programFolders(ctx) {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || seen[real] {
			continue
		}
		seen[real] = true
		p, err := inspectPrograms(ctx, real)
		if err == nil && p.Major >= OldestMajor && (major == 0 || p.Major == major) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		wanted := fmt.Sprintf("version %d or newer", OldestMajor)
		if major != 0 {
			wanted = fmt.Sprintf("version %d", major)
		}
		return Programs{}, fmt.Errorf("%w (%s: install PostgreSQL, or put its bin folder into PATH)", ErrNoPrograms, wanted)
	}
	return slices.MaxFunc(found, func(a, b Programs) int { return cmp.Compare(a.Major, b.Major) }), nil
}

func programFolders(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	if path, err := exec.LookPath("pg_config"); err == nil {
		if out, err := exec.CommandContext(ctx, path, "--bindir").Output(); err == nil { // #nosec G204 -- the program comes from PATH
			dirs = append(dirs, strings.TrimSpace(string(out)))
		}
	}
	patterns := []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
	if fetched, err := fetchedFolder(); err == nil {
		patterns = append(patterns, filepath.Join(fetched, "postgresql-*", "bin"))
	}
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		dirs = append(dirs, matches...)
	}
	return dirs
}

var programVersion = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[.\w]*)`)

func inspectPrograms(ctx context.Context, dir string) (Programs, error) {
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return Programs{}, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output() // #nosec G204 -- fixed name in a program folder
	if err != nil {
		return Programs{}, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	match := programVersion.FindStringSubmatch(string(out))
	if match == nil {
		return Programs{}, fmt.Errorf("%s/postgres names no version: %q", dir, out)
	}
	major, err := strconv.Atoi(match[2])
	if err != nil {
		return Programs{}, fmt.Errorf("%s/postgres names no version: %w", dir, err)
	}
	return Programs{Dir: dir, Major: major, Version: match[1]}, nil
}
