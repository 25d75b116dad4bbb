package channel

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedactedTexts(t *testing.T) {
	r := newRedactor([]string{"top-secret", "abc", `q"uo\te`, "whsec_old whsec_new"})
	for _, c := range []struct{ text, want string }{
		{"nothing of it, abc", "nothing of it, abc"}, // too short to be looked for
		{"whsec_new, whsec_old", "[secret], [secret]"},
		{"key=top-secret;", "key=[secret];"},
		{`{"x":"q\"uo\\te"}`, `{"x":"[secret]"}`},
		{`{"client_secret":"pi_1_secret_x","id":"pi_1"}`, `{"client_secret":"[secret]","id":"pi_1"}`},
		{`{"client_secret": null, "cvc":123}`, `{"client_secret": null, "cvc":"[secret]"}`},
		{`{"access_token":"cut of`, `{"access_token":"[secret]"`},
		{"grant_type=client_credentials&client_secret=s%20x&scope=a", "grant_type=client_credentials&client_secret=[secret]&scope=a"},
		{"payment_method_data[card][cvc]=123&x=1", "payment_method_data[card][cvc]=[secret]&x=1"},
		{"<wsse:Password Type='x'>geheim</wsse:Password>", "<wsse:Password Type='x'>[secret]</wsse:Password>"},
		{"said Bearer abcdef.ghi to it", "said Bearer [secret] to it"},
		{"4242424242424242", "[card number]"},
		{"4242 4242 4242 4242 12/34", "[card number] 12/34"},
		{"378282246310005, then 4000-0566-5566-5556.", "[card number], then [card number]."},
		{"4242+4242+4242+4242&4242%204242%204242%204242", "[card number]&[card number]"},
		{"order 4242424242424241, 12345", "order 4242424242424241, 12345"},
		{"42424242424242424242424242", "42424242424242424242424242"}, // too long for a card
		{"", ""},
	} {
		if got := r.text(c.text); got != c.want {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
		}
	}
}

// TestNoFormOfASecretIsLeft: whatever the secret and wherever it stands in a request.
func TestNoFormOfASecretIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9_+/=&"'ü -]{8,40}`).Draw(t, "secret")
		before, after := rapid.StringMatching(`[a-z]{0,7}`).Draw(t, "before"), rapid.StringMatching(`[a-z]{0,7}`).Draw(t, "after")
		r := newRedactor([]string{secret})
		for _, form := range []string{
			before + secret + after,
			"x=" + url.QueryEscape(before+secret+after),
			"/" + url.PathEscape(before+secret+after),
			fmt.Sprintf("%q", before) + `:"` + jsonOf(secret)[1:len(jsonOf(secret))-1] + `"`,
		} {
			for _, plain := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
				if strings.Contains(r.text(form), plain) {
					t.Fatalf("%q is left in %q", plain, r.text(form))
				}
			}
		}
		coded := base64.StdEncoding.EncodeToString([]byte(before + ":" + secret + after))
		left, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.ReplaceAll(r.text(coded), hiddenSecret, ""), "="))
		if err == nil && strings.Contains(string(left), secret) || !strings.Contains(r.text(coded), hiddenSecret) {
			t.Fatalf("%q gives %q", coded, r.text(coded))
		}
	})
}

func TestLongBodiesAreCutBehindSecrets(t *testing.T) {
	r := newRedactor([]string{"top-secret"})
	body := strings.Repeat("x", kept-3) + "top-secret" + strings.Repeat("y", kept)
	var b strings.Builder
	r.body(&b, http.Header{}, []byte(body))
	if got := b.String(); strings.Contains(got, "top") || len(got) > kept+100 || !strings.HasSuffix(got, fmt.Sprintf("… (%d bytes in all)", len(body))) {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-60:])
	}
	b.Reset()
	r.body(&b, http.Header{"Content-Type": {"application/pdf"}}, []byte("top-secret"))
	if got := b.String(); got != "(10 bytes that are no text are not kept)" {
		t.Error(got)
	}
}

func FuzzRedaction(f *testing.F) {
	f.Add(`{"client_secret":"x"}&cvc=1`, "4242 4242 4242 4242")
	f.Add("top-secret", "4000-0566+5566%205556")
	f.Add("\xff\xfe%", "378282246310005")
	r := newRedactor([]string{"top-secret"})
	f.Fuzz(func(t *testing.T, before, after string) {
		got := r.text(before + " top-secret " + after)
		if strings.Contains(got, "top-secret") || strings.Contains(got, "4242424242424242") {
			t.Errorf("%q", got)
		}
		if again := r.text(got); strings.Contains(again, "top-secret") {
			t.Errorf("%q", again)
		}
	})
}

// TestCardsHoweverGrouped: whatever parts the groups of a card number, it is taken out; ordinary numbers that the same signs
// part are left, though their check digit is right.
func TestCardsHoweverGrouped(t *testing.T) {
	for _, sign := range []string{"\u00a0", "\u202f", "\t", "  ", " - ", "_", "/", "%C2%A0", "%c2%a0", "%2f", `\u00a0`, `\u00A0`, `\t`, `\/`, "&nbsp;", "&#160;"} {
		for _, groups := range [][]string{{"4242", "4242", "4242", "4242"}, {"3782", "822463", "10005"}, {"3056", "930902", "5904"}, {"5555", "5555", "5555", "4444"}} {
			number := strings.Join(groups, sign)
			for _, text := range []string{number, "a" + sign + number + sign + "b", `{"note":"` + number + `"}`} {
				if got, want := hideCards(text), strings.ReplaceAll(text, number, hiddenCard); got != want {
					t.Errorf("%q becomes %q, want %q", text, got, want)
				}
			}
		}
	}
	for _, text := range []string{
		"2026/11/24  193/7192",                  // a date, a time and a number
		"/api/admin/v1/orders/10042/4242/42428", // parts of a path
		"1000\t2000\t3000\t4000",                // columns; no card begins so
		"4242424242\t424242",                    // columns of other widths
		"49/30/901820_17/11/28",                 // a telephone number and a date
	} {
		if got := hideCards(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// The digits of a percent form must not hide the number behind it.
func TestCardBehindAPercentForm(t *testing.T) {
	for _, text := range []string{`token=%7B%22number%22%3A%224242424242424242%22%7D`, "a%5B04242424242424242", "po=4242.4242.4242.4242"} {
		if got := hideCards(text); strings.Contains(strings.ReplaceAll(got, ".", ""), "4242424242424242") {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}
