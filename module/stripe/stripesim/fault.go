package stripesim

import (
	"fmt"
	"net/http"
)

// object is an answer in Stripe's shape.
type object = map[string]any

// fault is Stripe's error object with its HTTP status (docs.stripe.com/api/errors).
type fault struct {
	status                                  int
	kind, code, decline, message, parameter string
	intent, setup                           object // as they are after a card was declined
	method                                  *method
	charge                                  string
}

func (f *fault) object() object {
	e := object{"type": f.kind, "message": f.message}
	for name, value := range map[string]string{"code": f.code, "decline_code": f.decline, "param": f.parameter, "charge": f.charge} {
		if value != "" {
			e[name] = value
		}
	}
	if f.code != "" {
		e["doc_url"] = "https://docs.stripe.com/error-codes#" + f.code
	}
	if f.method != nil {
		e["payment_method"] = f.method.object()
	}
	if f.intent != nil {
		e["payment_intent"] = f.intent
	}
	if f.setup != nil {
		e["setup_intent"] = f.setup
	}
	return e
}

// invalid is a request that Stripe does not take.
func invalid(code, parameter, format string, arguments ...any) *fault {
	return &fault{status: http.StatusBadRequest, kind: "invalid_request_error", code: code, parameter: parameter,
		message: fmt.Sprintf(format, arguments...)}
}

func missing(what, id, parameter string) *fault {
	f := invalid("resource_missing", parameter, "No such %s: '%.100s'", what, id)
	f.status = http.StatusNotFound
	return f
}

// unexpected is an operation that an intent's state does not allow.
func unexpected(i *intent, format string, arguments ...any) *fault {
	f := invalid("payment_intent_unexpected_state", "", format, arguments...)
	f.intent = i.object(nil)
	return f
}
