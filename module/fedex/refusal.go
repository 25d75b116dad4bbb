package fedex

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// noService is FedEx's way to say that it offers nothing between two places.
const noService = "RATE.LOCATION.NOSERVICE"

// quotaPause is how long FedEx is left alone that wants fewer requests and does not say for how long, as it does where the
// requests of a day are used up.
const quotaPause = time.Minute

// fault is one of the errors of an answer.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// faults reads the errors of an answer: {"transactionId":…,"errors":[{"code":…,"message":…}]}. There are none in an answer of
// something else than FedEx, such as a proxy.
func faults(body []byte) []fault {
	var answer struct {
		Errors []fault `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil
	}
	return answer.Errors
}

// refused is the error of an answer, with FedEx's own codes.
type refused struct {
	faults []fault
}

func (r *refused) Error() string {
	said := make([]string, 0, len(r.faults))
	for i, f := range r.faults {
		if i == 3 {
			break
		}
		said = append(said, shortened(f.Code, 80)+" "+shortened(f.Message, 300))
	}
	return "FedEx says " + strings.Join(said, "; ")
}

// has tells whether one of FedEx's codes has a part.
func (r *refused) has(part string) bool {
	for _, f := range r.faults {
		if strings.Contains(strings.ToUpper(f.Code), part) {
			return true
		}
	}
	return false
}

// shortened is a foreign text for an error: printable and not too long.
func shortened(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return s
}

// refusal turns an answer other than 200 into an error of the class that tells what to do.
func refusal(s module.Settings, k call, answer *http.Response, body []byte) error {
	said := &refused{faults: faults(body)}
	for i, f := range said.faults { // whatever answers there may repeat what it was sent
		said.faults[i] = fault{Code: f.Code, Message: withoutSecrets(f.Message, s["clientSecret"], k.token)}
	}
	e := &module.Error{RetryAfter: retryAfter(answer.Header.Get("Retry-After"), time.Now())}
	if len(said.faults) > 0 {
		e.Err = said
	}
	status := answer.StatusCode
	switch {
	case status == http.StatusUnauthorized:
		e.Class, e.Code, e.Detail = module.Unauthorized, "invalid_credentials", "the settings clientId and clientSecret are not accepted"
	case status == http.StatusForbidden && k.path == tokenPath:
		e.Class, e.Code, e.Detail = module.RateLimited, codeShut, wordsShut
		e.RetryAfter = max(e.RetryAfter, shutTime)
	case status == http.StatusForbidden:
		e.Class, e.Code, e.Detail = module.Unauthorized, "not_permitted",
			"the project of the setting clientId may not do this; add the Rates and Transit Times API to it at developer.fedex.com"
	case status == http.StatusTooManyRequests:
		e.Class, e.Code, e.Detail = module.RateLimited, "rate_limited", "FedEx wants fewer requests"
		e.RetryAfter = cmp.Or(e.RetryAfter, quotaPause)
	case status >= 500 || status == http.StatusRequestTimeout:
		e.Class, e.Code, e.Detail = module.Intermittent, "unavailable", fmt.Sprintf("FedEx answers %d", status)
	case status == http.StatusNotFound || status < 400:
		e.Class, e.Code, e.Detail = module.Invalid, "invalid_api_base",
			fmt.Sprintf("%s answers %d; check the setting apiBase, which is %s for FedEx itself", base(s), status, liveBase)
	case said.has("ACCOUNT"):
		e.Class, e.Code, e.Detail = module.Invalid, "invalid_account", "the setting accountNumber is not accepted"
	default:
		e.Class, e.Code, e.Detail = module.Invalid, "invalid_request", fmt.Sprintf("FedEx answers %d", status)
	}
	e.Detail = k.doing + ": " + e.Detail
	return e
}

func withoutSecrets(s string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	return s
}

// retryAfter reads the header of that name (RFC 9110 section 10.2.3): seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), 24*time.Hour)
	}
	return 0
}
