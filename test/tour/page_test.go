package tour_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// block is a fenced block of shell that a reader copies, with the output that the page shows below it.
type block struct {
	line   int
	script string
	output string // "" if the page shows none
}

// blocks finds what is to be run on a page: blocks marked sh. A block marked text right behind one is its output. What
// is only shown (starting a server, say) is marked console.
func blocks(file string) ([]block, error) {
	content, err := os.ReadFile(file) // #nosec G304 -- a page of this repository
	if err != nil {
		return nil, err
	}
	var all []block
	fence, start := "", 0
	var body []string
	for i, line := range strings.Split(string(content), "\n") {
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence, start, body = strings.TrimPrefix(line, "```"), i+2, nil
			if fence == "" {
				return nil, fmt.Errorf("%s:%d: a fenced block without a language", file, i+1)
			}
		case line == "```":
			text := strings.Join(body, "\n")
			switch {
			case fence == "sh":
				all = append(all, block{line: start, script: text})
			case fence == "text" && len(all) > 0 && all[len(all)-1].output == "":
				all[len(all)-1].output = text
			}
			fence = ""
		case fence != "":
			body = append(body, line)
		}
	}
	return all, nil
}

// matches compares what was printed with what the page shows, in which … stands for anything within a line and, alone on
// a line, for any lines.
func matches(shown, printed string) bool {
	var pattern strings.Builder
	pattern.WriteString(`^\s*`)
	for _, line := range strings.Split(strings.TrimSpace(shown), "\n") {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?s:.*)`)
			continue
		}
		parts := strings.Split(strings.TrimSpace(line), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(`[ \t]*` + strings.Join(parts, ".*") + `\s*?(?:\n|$)`)
	}
	pattern.WriteString(`\s*$`)
	return regexp.MustCompile(pattern.String()).MatchString(printed)
}
