package postgres

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Source is the migrations of one business area.
type Source struct {
	// Area is the package's name; it only stands in logs and errors.
	Area string
	// FS holds files at its root named by time and subject, 20261124T1200_price.sql, in goose's
	// SQL format.
	FS fs.FS
	// Private names tables that requests must not touch: they are not granted to RequestRole.
	Private []string
}

// Migration is one file of the merged history.
type Migration struct {
	// Version is the file's timestamp as a number: 202611241200.
	Version int64
	// Area and File say where it lies.
	Area, File string
}

// String gives area and file as a person looks for them.
func (m Migration) String() string { return m.Area + "/migrations/" + m.File }

var migrationName = regexp.MustCompile(`^(\d{8})T(\d{4})_[a-z0-9_]+\.sql$`)

// merged is one history made of many areas' files. It is a file system in which goose finds each
// file under its version number.
type merged struct {
	order  []Migration
	byName map[string]mergedFile
}

type mergedFile struct {
	source fs.FS
	Migration
}

// merge sorts the files of all sources by timestamp. Names that carry no timestamp and a timestamp
// used twice are errors that name the files: with one of them skipped, or their order left to
// chance, two installations would differ.
func merge(sources []Source) (*merged, error) {
	m := &merged{byName: map[string]mergedFile{}}
	seen := map[int64]Migration{}
	for _, s := range sources {
		names, err := fs.Glob(s.FS, "*.sql")
		if err != nil {
			return nil, fmt.Errorf("list the migrations of %s: %w", s.Area, err)
		}
		for _, name := range names {
			migration, err := parseMigrationName(s.Area, name)
			if err != nil {
				return nil, err
			}
			if other, ok := seen[migration.Version]; ok {
				return nil, fmt.Errorf("migrations %s and %s carry the same timestamp: give one of them another minute", other, migration)
			}
			seen[migration.Version] = migration
			m.order = append(m.order, migration)
			m.byName[gooseName(migration)] = mergedFile{s.FS, migration}
		}
	}
	slices.SortFunc(m.order, func(a, b Migration) int { return cmp.Compare(a.Version, b.Version) })
	return m, nil
}

func parseMigrationName(area, name string) (Migration, error) {
	match := migrationName.FindStringSubmatch(name)
	valid := match != nil
	if valid {
		_, err := time.Parse("20060102T1504", match[1]+"T"+match[2])
		valid = err == nil
	}
	if !valid {
		return Migration{}, fmt.Errorf("migration %s/migrations/%s: the name must be a time and a subject, such as 20261124T1200_price.sql", area, name)
	}
	version, err := strconv.ParseInt(match[1]+match[2], 10, 64)
	if err != nil {
		return Migration{}, fmt.Errorf("migration %s/migrations/%s: read its time: %w", area, name, err)
	}
	return Migration{Version: version, Area: area, File: name}, nil
}

// gooseName is the file's name with the T dropped, so that goose reads the timestamp as a number.
func gooseName(m Migration) string {
	return strings.Replace(m.File, "T", "", 1)
}

// Open opens an area's file by the name that goose knows.
func (m *merged) Open(name string) (fs.File, error) {
	f, ok := m.byName[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.source.Open(f.File)
}

// Glob lists the files by the names that goose knows, in the order of their timestamps.
func (m *merged) Glob(pattern string) ([]string, error) {
	var names []string
	for _, migration := range m.order {
		ok, err := path.Match(pattern, gooseName(migration))
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, gooseName(migration))
		}
	}
	return names, nil
}

// find gives the migration of a version number.
func (m *merged) find(version int64) (Migration, bool) {
	for _, migration := range m.order {
		if migration.Version == version {
			return migration, true
		}
	}
	return Migration{}, false
}
