// Package page renders Hanse's HTML: templates, assets, languages, forms and security headers for every web surface.
package page
