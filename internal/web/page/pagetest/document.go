// Package pagetest holds the checks that every page, template and catalog of a web surface must pass.
package pagetest

import (
	"regexp"
	"strings"
	"testing"
)

var (
	anyID        = regexp.MustCompile(`\sid="([^"]*)"`)
	reference    = regexp.MustCompile(`\s(for|aria-describedby|aria-labelledby|popovertarget|list)="([^"]*)"`)
	fragment     = regexp.MustCompile(`\shref="#([^"]*)"`)
	inlineStyle  = regexp.MustCompile(`<style|\sstyle="`)
	inlineScript = regexp.MustCompile(`<script(?:\s+defer)?\s*>|\son[a-z]+="|href="javascript:`)
	heading      = regexp.MustCompile(`<h([1-6])[\s>]`)
	unescaped    = regexp.MustCompile(`ZgotmplZ|%!|&lt;nil&gt;|<nil>|<no value>`)
	foreign      = regexp.MustCompile(`\s(?:src|action)="(?:https?:)?//|<link[^>]*\shref="(?:https?:)?//`) // a link may lead elsewhere
)

// Document reports what a strict content security policy would block and what
// a keyboard or a screen reader would stumble over in a page.
func Document(t *testing.T, html string) {
	t.Helper()
	for what, pattern := range map[string]*regexp.Regexp{"an inline style": inlineStyle,
		"an inline script": inlineScript, "an unsafe or missing value": unescaped, "an address of another site": foreign} {
		if m := pattern.FindString(html); m != "" {
			t.Errorf("the page has %s: %s", what, m)
		}
	}
	ids := map[string]bool{}
	for _, m := range anyID.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("the id %q occurs twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range reference.FindAllStringSubmatch(html, -1) {
		for id := range strings.FieldsSeq(m[2]) {
			if !ids[id] {
				t.Errorf("%s names %q, which is not on the page", m[1], id)
			}
		}
	}
	for _, m := range fragment.FindAllStringSubmatch(html, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is not on the page", m[1])
		}
	}
	checkHeadings(t, html)
}

// checkHeadings wants one h1 in the content and no level left out after it.
func checkHeadings(t *testing.T, html string) {
	t.Helper()
	_, content, ok := strings.Cut(html, `<main`)
	if !ok {
		t.Error("the page has no main part")
		return
	}
	first, last := 0, byte('0')
	for _, m := range heading.FindAllStringSubmatch(content, -1) {
		level := m[1][0]
		if level == '1' {
			first++
		}
		if level > last+1 && last != '0' {
			t.Errorf("a heading of level %c follows one of level %c", level, last)
		}
		last = level
	}
	if first != 1 {
		t.Errorf("the content has %d headings of level 1, want one", first)
	}
}
