package payment

import "testing"

func TestCardNumbersAreRefusedAsTokens(t *testing.T) {
	for text, want := range map[string]bool{"4242424242424242": true, "4242 4242 4242 4242": true, "4000-0027-6000-3184": true, "378282246310005": true,
		"4242.4242.4242.4242": true, "card=4242424242424242&cvc=123": true, "tok 4242424242424242": true, `{"number":"4242424242424242"}`: true,
		"4242\u00a04242\u00a04242\u00a04242": true, "seti_1_secret_4242424242424242": false,
		"4242424242424241": false, "ctoken_1Nx4242424242424242": false, "424242": false, "": false, "00000000000000000000000": false} {
		if got := CheckToken("token", text) != nil; got != want {
			t.Errorf("%q is refused: %v, want %v", text, got, want)
		}
	}
}
