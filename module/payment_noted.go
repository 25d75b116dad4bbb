package module

// Noted is a step of a payment that no gateway decides on, as staff or an ERP tells it: what is due counts as authorized, a
// capture is money that has come in, a refund money that was given back. The amounts of the state are those of the step;
// Hanse keeps the sums, since there is no gateway that would. A card cannot be checked; without says so in words.
func Noted(r PaymentRequest, without string) (*PaymentState, error) {
	s := &PaymentState{Reference: r.Reference, Attempt: r.Attempt, Status: PaymentAuthorized, Authorized: r.Amount}
	switch r.Action {
	case Authorize:
	case Capture:
		s.Captured = r.Amount
		if r.Final {
			s.Status = PaymentCaptured
		}
	case Cancel:
		s.Status = PaymentVoided
	case Refund:
		s.Captured, s.Refunded = r.Amount, r.Amount
	default:
		return nil, &Error{Class: Invalid, Code: "not_offered", Detail: without}
	}
	return s, nil
}
