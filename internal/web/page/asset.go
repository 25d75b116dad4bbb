package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed assets
var builtInAssets embed.FS

// stylesheet is the name under which all files of css/ are served as one.
const stylesheet = "app.css"

// Assets are the static files of the web surfaces. Each is served under a
// name that carries a hash of its content, so browsers may keep it for ever.
type Assets struct {
	prefix string
	hashed map[string]string // css/app.css -> app.0123456789ab.css
	files  map[string]asset  // by hashed name
	icons  map[string]bool
}

type asset struct {
	kind        string
	plain, gzip []byte // gzip is nil where it does not help
}

// NewAssets reads the built-in files, with those of the owner's theme (its
// folder assets/, may be nil) over them. They are served below prefix, such
// as "/assets/". The files css/*.css are joined, in order of their names, into
// app.css; url("…") inside them names another asset.
func NewAssets(prefix string, theme fs.FS) (*Assets, error) {
	builtIn, err := fs.Sub(builtInAssets, "assets")
	if err != nil {
		return nil, err
	}
	a := &Assets{prefix: prefix, hashed: map[string]string{}, files: map[string]asset{}}
	layers := Over(theme, builtIn)
	var css []string
	err = fs.WalkDir(layers, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case path.Ext(name) == ".css":
			css = append(css, name)
			return nil
		}
		content, err := fs.ReadFile(layers, name)
		if err != nil {
			return err
		}
		return a.add(name, content)
	})
	if err != nil {
		return nil, fmt.Errorf("read the web assets: %w", err)
	}
	if err := a.addStylesheet(layers, css); err != nil {
		return nil, err
	}
	return a, a.readIcons(layers)
}

func (a *Assets) add(name string, content []byte) error {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(path.Base(name), ext) + "." + hex.EncodeToString(sum[:6]) + ext
	f := asset{kind: mediaType(ext), plain: content}
	if ext != ".woff2" { // already compressed
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if b.Len() < len(content) {
			f.gzip = b.Bytes()
		}
	}
	a.hashed[name], a.files[hashed] = hashed, f
	return nil
}

// mediaType does not ask the machine's tables for the kinds that matter, since
// a wrong answer together with nosniff breaks the page.
func mediaType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

var cssURL = regexp.MustCompile(`url\("([^"#:]+)"\)`)

func (a *Assets) addStylesheet(layers fs.FS, names []string) error {
	slices.Sort(names)
	var joined bytes.Buffer
	for _, name := range names {
		content, err := fs.ReadFile(layers, name)
		if err != nil {
			return fmt.Errorf("read the style sheet %s: %w", name, err)
		}
		joined.Write(content)
		joined.WriteByte('\n')
	}
	var missing []string
	css := cssURL.ReplaceAllStringFunc(joined.String(), func(m string) string {
		name := cssURL.FindStringSubmatch(m)[1]
		hashed, ok := a.hashed[name]
		if !ok {
			missing = append(missing, name)
		}
		return `url("` + hashed + `")`
	})
	if missing != nil {
		return fmt.Errorf("the style sheets name assets that do not exist: %s", strings.Join(missing, ", "))
	}
	return a.add(stylesheet, []byte(css))
}

var iconID = regexp.MustCompile(`<symbol id="([^"]+)"`)

func (a *Assets) readIcons(layers fs.FS) error {
	sprite, err := fs.ReadFile(layers, spriteName)
	if err != nil {
		return fmt.Errorf("read the icons: %w", err)
	}
	a.icons = map[string]bool{}
	for _, m := range iconID.FindAllSubmatch(sprite, -1) {
		a.icons[string(m[1])] = true
	}
	return nil
}

// URL returns the address of an asset, such as "script/app.js".
func (a *Assets) URL(name string) (string, error) {
	hashed, ok := a.hashed[name]
	if !ok {
		return "", fmt.Errorf("there is no asset named %q", name)
	}
	return a.prefix + hashed, nil
}

// ServeHTTP serves the assets below the prefix; mount it there.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[strings.TrimPrefix(r.URL.Path, a.prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if f.gzip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser went away: nothing to do
	}
}

// acceptsGzip reads Accept-Encoding as RFC 9110 section 12.5.3 says, for gzip.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			if !ok {
				return true
			}
			value, err := strconv.ParseFloat(q, 64)
			return err == nil && value > 0
		}
	}
	return false
}
