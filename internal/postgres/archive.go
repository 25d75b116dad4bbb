package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// ArchiveOptions say where PostgreSQL's programs are fetched from when the machine has none. The zero
// value fetches a known archive of the embedded-postgres-binaries project from the public Maven
// repository.
type ArchiveOptions struct {
	// BaseURL is the root of a Maven repository, such as a company's mirror; empty means the public one.
	BaseURL string
	// Version (such as 17.6.0) and SHA256 (hexadecimal) name another archive than the known one of this
	// system. A Version without SHA256 is checked against the sum that the repository keeps beside it.
	Version, SHA256 string
	// Dir is where the programs are unpacked; empty means the user's cache, for root /var/lib/hanse.
	Dir string
}

const publicRepository = "https://repo1.maven.org/maven2"

// archive is one file of programs to fetch.
type archive struct {
	artifact, version, sha256 string
}

// knownArchives pin what was looked at, by system and processor. Where there is no entry, the newest
// known version is fetched and checked against the repository's own sum.
func knownArchives() map[string]archive {
	return map[string]archive{
		"linux-amd64":          {version: "17.6.0", sha256: "23da5a044b4fb7a5a081a45008c95749c873305328d73f86aefd56922ce1d29d"},
		"darwin-arm64v8":       {version: "17.5.0", sha256: "e9d3398e10c2ec926395498b03e75ad1a24eeaed82895e756a7e173b202cf6de"},
		"linux-amd64-alpine":   {version: "18.6.0", sha256: "1568b3805c3a3b99b5f4f0d7f6cf16e2a39075462ed47a614bfbabd92508350d"},
		"linux-arm64v8-alpine": {version: "18.6.0", sha256: "dccf3c9c8438973e6e8cd9cd511af4a2c6a88d1c90a4cc0465a8f8797808e717"},
	}
}

// archivePlatform names this system as the archives do.
func archivePlatform() string {
	arch := runtime.GOARCH
	if arch == "arm64" {
		arch = "arm64v8"
	}
	platform := runtime.GOOS + "-" + arch
	if musl, _ := filepath.Glob("/lib/ld-musl-*"); runtime.GOOS == "linux" && len(musl) > 0 {
		if glibc, _ := filepath.Glob("/lib*/ld-linux-*"); len(glibc) == 0 {
			platform += "-alpine"
		}
	}
	return platform
}

func (o ArchiveOptions) archive(platform string) archive {
	a, known := knownArchives()[platform]
	if !known {
		a = archive{version: "17.6.0"}
	}
	if o.Version != "" {
		a = archive{version: o.Version}
	}
	if o.SHA256 != "" {
		a.sha256 = strings.ToLower(o.SHA256)
	}
	a.artifact = "embedded-postgres-binaries-" + platform
	return a
}

// url is the archive's place by Maven's rules.
func (a archive) url(base string) string {
	if base == "" {
		base = publicRepository
	}
	return fmt.Sprintf("%s/io/zonky/test/postgres/%s/%s/%s-%s.jar", strings.TrimRight(base, "/"), a.artifact, a.version, a.artifact, a.version)
}

// fetchedFolder is where fetched programs lie: in a place that the database's user can reach.
func fetchedFolder() (string, error) {
	if os.Geteuid() == 0 {
		return filepath.Join(outsideFolder, "programs"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for PostgreSQL's programs: %w", err)
	}
	return filepath.Join(cache, "hanse"), nil
}

// programs finds PostgreSQL's programs, of one major version if that is not 0, or fetches them.
func (c *Cluster) programs(ctx context.Context, major int) (Programs, error) {
	found, err := FindPrograms(ctx, major)
	if !errors.Is(err, ErrNoPrograms) || c.options.Throwaway { // tests use the network for nothing
		return found, err
	}
	fetched, fetchErr := FetchPrograms(ctx, c.options.Archive, c.options.Progress)
	if fetchErr != nil {
		return Programs{}, fmt.Errorf("%w; fetching them did not work either: %w", err, fetchErr)
	}
	if major != 0 && fetched.Major != major {
		return Programs{}, fmt.Errorf("%w; the ones to fetch are version %d", err, fetched.Major)
	}
	return fetched, nil
}

// FetchPrograms fetches PostgreSQL's programs for this system, checks the archive's SHA-256 before
// anything of it is looked at, and unpacks it. What was fetched before is used again.
func FetchPrograms(ctx context.Context, o ArchiveOptions, progress func(string)) (Programs, error) {
	dir := o.Dir
	if dir == "" {
		var err error
		if dir, err = fetchedFolder(); err != nil {
			return Programs{}, err
		}
	}
	a := o.archive(archivePlatform())
	target := filepath.Join(dir, "postgresql-"+a.version)
	if p, err := inspectPrograms(ctx, filepath.Join(target, "bin")); err == nil {
		return p, nil
	}
	if err := makeFolder(dir, 0o755); err != nil { // the database's user runs programs from here
		return Programs{}, fmt.Errorf("make a place for PostgreSQL's programs: %w", err)
	}
	if err := a.install(ctx, o.BaseURL, target, progress); err != nil {
		return Programs{}, err
	}
	return inspectPrograms(ctx, filepath.Join(target, "bin"))
}

// install downloads beside the target and unpacks beside it too; only what is whole gets its name.
func (a archive) install(ctx context.Context, base, target string, progress func(string)) error {
	jar, err := os.CreateTemp(filepath.Dir(target), "download-*")
	if err != nil {
		return fmt.Errorf("make a file for the download: %w", err)
	}
	defer func() { _ = os.Remove(jar.Name()) }()
	err = a.download(ctx, base, jar, progress)
	if err := errors.Join(err, jar.Close()); err != nil {
		return err
	}
	progress("Unpacking PostgreSQL " + a.version)
	building, err := os.MkdirTemp(filepath.Dir(target), "unpack-*")
	if err != nil {
		return fmt.Errorf("make a folder to unpack into: %w", err)
	}
	defer func() { _ = os.RemoveAll(building) }()
	if err := unpackJar(jar.Name(), building); err != nil {
		return fmt.Errorf("unpack %s: %w", a.url(base), err)
	}
	err = os.Rename(building, target)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return fmt.Errorf("put PostgreSQL's programs in their place: %w", err)
	}
	return nil
}
