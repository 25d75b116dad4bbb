package stripesim

import "strings"

// pageWords are the words of the hosted pages.
type pageWords struct {
	Pay, Check, Back, Number, Month, Year, CVC, Test, Over, Done, Continue       string
	Challenge, ChallengeText, Complete, Fail, Card, CheckText, Hint, Placeholder string
}

var languages = map[string]pageWords{
	"en": {Pay: "Pay", Check: "Check card", Back: "Back", Number: "Card number", Month: "Month", Year: "Year", CVC: "Security code",
		Test: "Test mode", Over: "This page's time is over. Go back to the shop and try again.", Done: "This payment is done.",
		Continue: "Continue", Challenge: "Your bank asks you to confirm", ChallengeText: "A bank would ask for a code or its app here.",
		Complete: "Complete authentication", Fail: "Fail authentication", Card: "Card ending in", CheckText: "The card is only checked; nothing is charged.",
		Hint: "Use a test card of Stripe's, such as 4242 4242 4242 4242."},
	"de": {Pay: "Bezahlen", Check: "Karte prüfen", Back: "Zurück", Number: "Kartennummer", Month: "Monat", Year: "Jahr", CVC: "Prüfziffer",
		Test: "Testmodus", Over: "Die Zeit dieser Seite ist abgelaufen. Bitte im Shop neu beginnen.", Done: "Diese Zahlung ist erledigt.",
		Continue: "Weiter", Challenge: "Ihre Bank bittet um Bestätigung", ChallengeText: "Eine Bank fragte hier nach einem Code oder ihrer App.",
		Complete: "Bestätigen", Fail: "Ablehnen", Card: "Karte mit der Endung", CheckText: "Die Karte wird nur geprüft; es wird nichts abgebucht.",
		Hint: "Eine Testkarte von Stripe verwenden, etwa 4242 4242 4242 4242."},
}

func wordsOf(locale string) pageWords {
	language, _, _ := strings.Cut(locale, "-")
	if w, ok := languages[language]; ok {
		return w
	}
	return languages["en"]
}

// refusals are what the hosted page says in German; the API speaks English.
var refusals = map[string]string{
	"card_declined": "Die Karte wurde abgelehnt.", "insufficient_funds": "Die Karte ist nicht gedeckt.", "expired_card": "Die Karte ist abgelaufen.",
	"incorrect_cvc": "Die Prüfziffer ist falsch.", "invalid_cvc": "Die Prüfziffer ist ungültig.", "incorrect_number": "Die Kartennummer ist falsch.",
	"invalid_expiry_month": "Der Monat ist ungültig.", "invalid_expiry_year": "Das Jahr ist ungültig.", "processing_error": "Das ging schief; bitte noch einmal versuchen.",
	"test_mode_live_card":                   "Die Karte wurde abgelehnt: Im Testmodus gelten nur Testkarten.",
	"payment_intent_authentication_failure": "Die Bank hat die Zahlung nicht bestätigt.", "setup_intent_authentication_failure": "Die Bank hat die Karte nicht bestätigt.",
}

// words tell a buyer why his card was not taken.
func (f *fault) words(locale string) string {
	if strings.HasPrefix(locale, "de") {
		for _, code := range []string{f.decline, f.code} {
			if word, ok := refusals[code]; ok {
				return word
			}
		}
	}
	return f.message
}
