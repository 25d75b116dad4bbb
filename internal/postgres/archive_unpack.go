package postgres

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// Caps of what an archive may unpack to; the known ones have 60 MB in 1,500 files.
const (
	unpackBytes = 512 << 20
	unpackFiles = 20_000
)

// errUnsafeArchive refuses an archive that would write outside its folder or beyond the caps.
var errUnsafeArchive = errors.New("the archive is unsafe")

// unpackJar unpacks the one .txz (a tar archive compressed by xz) that a jar holds.
func unpackJar(jar, dir string) error {
	reader, err := zip.OpenReader(jar)
	if err != nil {
		return fmt.Errorf("open the jar: %w", err)
	}
	defer func() { _ = reader.Close() }()
	for _, entry := range reader.File {
		if !strings.HasSuffix(entry.Name, ".txz") {
			continue
		}
		compressed, err := entry.Open()
		if err != nil {
			return fmt.Errorf("open %s: %w", entry.Name, err)
		}
		defer func() { _ = compressed.Close() }()
		plain, err := xz.NewReader(compressed)
		if err != nil {
			return fmt.Errorf("open %s: %w", entry.Name, err)
		}
		return unpackTar(plain, dir)
	}
	return errors.New("the jar holds no .txz")
}

// unpackTar writes the archive's files below dir. Names that lead out of it are refused; os.Root is the
// second wall, against links that were laid first.
func unpackTar(from io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder to unpack into: %w", err)
	}
	defer func() { _ = root.Close() }()
	archive := tar.NewReader(from)
	left := int64(unpackBytes)
	for files := 0; ; files++ {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return openFolders(root)
		}
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		if files == unpackFiles {
			return fmt.Errorf("%w: it has more than %d files", errUnsafeArchive, unpackFiles)
		}
		if left -= header.Size; header.Size < 0 || left < 0 {
			return fmt.Errorf("%w: it unpacks to more than %d MB", errUnsafeArchive, unpackBytes>>20)
		}
		if err := unpackEntry(root, archive, header); err != nil {
			return fmt.Errorf("unpack %q: %w", header.Name, err)
		}
	}
}

func unpackEntry(root *os.Root, archive io.Reader, header *tar.Header) error {
	name := path.Clean(header.Name)
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%w: the name leads out of the folder", errUnsafeArchive)
	}
	if header.Typeflag == tar.TypeDir {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return unpackFile(root, archive, header, name)
	case tar.TypeSymlink:
		if path.IsAbs(header.Linkname) || !filepath.IsLocal(path.Join(path.Dir(name), header.Linkname)) { // #nosec G305 -- this is the check
			return fmt.Errorf("%w: the link leads out of the folder", errUnsafeArchive)
		}
		return root.Symlink(header.Linkname, name)
	case tar.TypeLink:
		return root.Link(path.Clean(header.Linkname), name)
	default:
		return fmt.Errorf("%w: it holds something that is neither file, folder nor link", errUnsafeArchive)
	}
}

func unpackFile(root *os.Root, archive io.Reader, header *tar.Header, name string) error {
	mode := fs.FileMode(0o644)
	if header.Mode&0o100 != 0 {
		mode = 0o755
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, archive, header.Size)
	if err == nil {
		err = file.Chmod(mode) // whatever the umask is
	}
	return errors.Join(err, file.Close())
}

// openFolders lets the database's user through, whatever the umask is.
func openFolders(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return root.Chmod(name, 0o755)
	})
}
