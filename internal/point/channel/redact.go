package channel

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What stands where something was taken out.
const (
	hiddenSecret = "[secret]"
	hiddenCard   = "[card number]"
)

// How long a secret has to be to be looked for: a shorter one would take every other word with it, and says nothing by
// itself.
const (
	shortest   = 4
	longEnough = 8 // for a word of a secret that has several
)

// redactor takes out of texts what must not be kept: the secrets of a channel in the forms that requests have them in, what
// stands in fields that are secret by their name, and card numbers.
type redactor struct{ secrets *strings.Replacer }

func newRedactor(secrets []string) *redactor {
	var forms []string
	for _, s := range withWords(secrets) {
		if len(s) < shortest {
			continue
		}
		quoted := jsonOf(s)
		forms = append(forms, s, url.QueryEscape(s), url.PathEscape(s), quoted[1:len(quoted)-1])
		for shift := range 3 { // base64 of a text that has it at any place, such as user:secret
			forms = append(forms, within64(s, shift))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // the longest form of a secret first
	var pairs []string
	for _, f := range slices.Compact(forms) {
		if len(f) >= shortest {
			pairs = append(pairs, f, hiddenSecret)
		}
	}
	return &redactor{strings.NewReplacer(pairs...)}
}

// withWords adds the words of secrets that have several, such as a key and its successor; short ones are no secrets.
func withWords(secrets []string) []string {
	all := slices.Clone(secrets)
	for _, s := range secrets {
		if words := strings.Fields(s); len(words) > 1 {
			all = append(all, slices.DeleteFunc(words, func(w string) bool { return len(w) < longEnough })...)
		}
	}
	return all
}

func jsonOf(s string) string {
	quoted, _ := json.Marshal(s) // a string always has a JSON form
	return string(quoted)
}

// within64 is the part of the base64 of any text with s behind shift bytes that depends on s alone.
func within64(s string, shift int) string {
	coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
	first := (shift*8 + 5) / 6
	last := (shift + len(s)) * 8 / 6
	return coded[min(first, len(coded)):min(last, len(coded))]
}

// names of fields whose value is a secret whatever it is, in the forms of JSON, query and form, and XML.
const secretNames = `client_secret|clientSecret|access_token|accessToken|refresh_token|id_token|password|passwd|secret|secret_key|api_key|apikey|cvc|cvv|cvv2|card_number|cardNumber`

var (
	inJSON = regexp.MustCompile(`(?i)("(?:` + secretNames + `)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|[0-9][0-9.]*)`)
	inForm = regexp.MustCompile(`(?i)((?:^|[?&;\s"']|\\u0026)(?:[\w.\[\]%-]*(?:\[|%5B))?(?:` + secretNames + `)(?:\]|%5D)?=)[^&\s"'\\]*`)
	inXML  = regexp.MustCompile(`(?i)(<(?:\w+:)?(?:` + secretNames + `)(?:\s[^>]*)?>)[^<]*`)
	bearer = regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{4,}`)
)

// text gives a text without secrets and card numbers.
func (r *redactor) text(s string) string {
	if s == "" {
		return s
	}
	s = r.secrets.Replace(s)
	s = inJSON.ReplaceAllString(s, `${1}"`+hiddenSecret+`"`)
	s = inForm.ReplaceAllString(s, "${1}"+hiddenSecret)
	s = inXML.ReplaceAllString(s, "${1}"+hiddenSecret)
	s = bearer.ReplaceAllString(s, "${1}"+hiddenSecret)
	return hideCards(s)
}
