// Package home keeps what partners and Hanse hand each other as files: a partner's home, his rules in it, and safe placing and moving.
package home

import (
	"context"
	"errors"
	"io"
	"time"
)

// The five folders of every home.
const (
	In      = "in"      // the partner writes, Hanse takes
	Out     = "out"     // Hanse places, the partner collects
	Archive = "archive" // what was taken or collected
	Error   = "error"   // what was refused whole
	Result  = "result"  // one result file for each file that was taken
)

// Layout lists the folders of a home in the order in which they are shown.
func Layout() []string { return []string{Archive, Error, In, Out, Result} }

// Errors that callers tell apart. They are wrapped in an error that names the operation and the path.
var (
	// ErrExists says that the name is taken; nothing in a home is ever replaced by a rename or a placing.
	ErrExists = errors.New("the name is taken")
	// ErrDenied says that a partner may not do this in this folder.
	ErrDenied = errors.New("not permitted")
	// ErrName says that a name cannot be used in a home.
	ErrName = errors.New("name not usable")
	// ErrLink says that a symbolic link or special file lies in the way; none is ever followed.
	ErrLink = errors.New("links and special files are refused")
	// ErrFull says that no space is left; try again when there is.
	ErrFull = errors.New("no space left")
)

// Homes opens partners' homes by their names.
type Homes interface {
	// Open returns the home of that name with all its folders; they are created at need. Close it after use.
	Open(ctx context.Context, name string) (Home, error)
}

// Home is one partner's home without any rule about who may do what: Hanse itself uses it as it is, a partner comes in
// as a [Guest]. Paths are relative to the home, parted by slashes and checked by [CheckPath]: "in/products.csv". A path
// that does not exist gives an error that is fs.ErrNotExist.
type Home interface {
	// Stat tells what lies at path; "" is the home itself.
	Stat(ctx context.Context, path string) (Entry, error)
	// List returns what lies in a folder, by name. Links and special files are left out.
	List(ctx context.Context, dir string) ([]Entry, error)
	// Open opens a file to read.
	Open(ctx context.Context, path string) (File, error)
	// Write opens a file to write at any place, so that an upload can be resumed.
	Write(ctx context.Context, path string, mode Mode) (Upload, error)
	// Truncate cuts or extends a file to size bytes.
	Truncate(ctx context.Context, path string, size int64) error
	// Mkdir creates one folder.
	Mkdir(ctx context.Context, path string) error
	// Rename gives a file or folder another path; ErrExists if that is taken.
	Rename(ctx context.Context, from, to string) error
	// Remove deletes a file.
	Remove(ctx context.Context, path string) error
	// RemoveDir deletes an empty folder.
	RemoveDir(ctx context.Context, path string) error

	// Place lets write fill a new file and shows it as dir/name only when all of it is on disk: it is written under a
	// hidden temporary name, synced, and linked to its name, which is never overwritten. It returns the path taken.
	// After an error nothing lies under the name.
	Place(ctx context.Context, dir, name string, taken Taken, write func(io.Writer) error) (string, error)
	// Move takes a file from one path to another. If that is taken, the time (UTC) is appended behind the name. It
	// returns the path taken, and finishes a move that a crash broke off.
	Move(ctx context.Context, from, to string) (string, error)
	// Sweep removes what a crash left of a Place in dir, if it is older than age. It returns how many files that were.
	Sweep(ctx context.Context, dir string, age time.Duration) (int, error)

	// Close gives the home back; open files stay usable.
	Close() error
}

// Entry is a file or folder of a home.
type Entry struct {
	Path     string // relative to the home, "in/products.csv"
	Name     string // last part of Path
	Size     int64  // bytes; 0 for a folder
	Modified time.Time
	Dir      bool
	// Partial is true for a file whose upload runs or was cut off: it is open, or its connection broke before the
	// client closed it, or a write failed. It survives a crash, and ends when an upload of the file is closed well.
	Partial bool
	// Identity tells one stored file from another under the same name (device and inode); "" where there is none.
	Identity string
}

// File is a file opened to read.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
	// Stat tells what was opened.
	Stat() (Entry, error)
}

// Mode says how Write opens a file.
type Mode struct {
	Create    bool // create it if it does not exist
	Exclusive bool // with Create: ErrExists if it exists
	Truncate  bool // start with an empty file
}

// Upload is a file being written.
type Upload interface {
	io.WriterAt
	io.ReaderAt
	// Close ends a whole upload: the file is synced and no longer partial.
	Close() error
	// Cut ends an upload that was cut off: what was written stays, to be resumed, and the file stays partial.
	Cut() error
}

// Taken says what Place does when the name is taken.
type Taken int

const (
	// Refuse gives ErrExists.
	Refuse Taken = iota
	// AddTime puts the time (UTC) between the name and its extension.
	AddTime
)
