package banktransfer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIBAN(t *testing.T) {
	for iban, good := range map[string]bool{
		"DE89 3704 0044 0532 0130 00": true, "GB82 WEST 1234 5698 7654 32": true, "no93 8601 1117 947": true,
		"DE89 3704 0044 0532 0130 01": false, "DE98 3704 0044 0532 0130 00": false, "370400440532013000": false,
		"": false, "DE89 3704 0044 0532 0130 0é": false, "D089370400440532013000": false,
	} {
		if err := checkIBAN(iban); (err == nil) != good {
			t.Errorf("%q: %v", iban, err)
		}
	}
}

// One digit that is wrong is always found, as ISO 7064 promises.
func TestOneWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iban := []byte("DE89370400440532013000")
		at := rapid.IntRange(2, len(iban)-1).Draw(t, "at")
		other := rapid.ByteRange('0', '9').Draw(t, "digit")
		if other == iban[at] {
			return
		}
		iban[at] = other
		if err := checkIBAN(string(iban)); err == nil || strings.Contains(err.Error(), string(iban)) {
			t.Fatalf("%s: %v", iban, err)
		}
	})
}
