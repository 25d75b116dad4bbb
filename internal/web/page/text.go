package page

import (
	"embed"
	"io/fs"
)

//go:embed locale/*.json
var builtInTexts embed.FS

// Texts returns the texts of this package's own templates, for a Catalog.
func Texts() fs.FS {
	folder, err := fs.Sub(builtInTexts, "locale")
	if err != nil { // the name is a valid constant: Sub cannot fail
		return builtInTexts
	}
	return folder
}
