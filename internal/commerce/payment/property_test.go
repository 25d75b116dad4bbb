package payment_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/hanse-commerce/hanse/internal/commerce/payment"
	"github.com/hanse-commerce/hanse/module"
)

// machine is a payment to which anything happens: clicks on either node, answers that are lost, messages that are doubled and
// tell of what was, a buyer at his bank, staff at the gateway's own screens, and a clock that runs out.
type machine struct {
	*paid
	rapid  *rapid.T
	events int
}

// TestBooksAgree: whatever happens, in the end both books say the same, and no more was ever taken than was reserved, nor given
// back than taken; the gateway refuses either, and so do the table's own rules.
func TestBooksAgree(t *testing.T) {
	c := newCounter(t)
	rapid.Check(t, func(r *rapid.T) {
		c.gateway.captures = rapid.Bool().Draw(r, "captures at once")
		m := &machine{paid: c.open("till", "100", rapid.SampledFrom([]string{"tok_good", "tok_sca", "tok_declined"}).Draw(r, "token")), rapid: r}
		actions := m.actions()
		for range rapid.IntRange(1, 14).Draw(r, "length") {
			name := rapid.SampledFrom(actionNames).Draw(r, "action")
			actions[name]()
		}
		m.agree()
	})
}

var actionNames = []string{"settle", "settle", "capture", "capture", "refund", "refund", "cancel", "refresh", "message", "message",
	"authorize", "bank", "screens", "fault", "sweep", "abandon"}

func (m *machine) node() *node {
	return rapid.SampledFrom([]*node{m.one, m.two}).Draw(m.rapid, "node")
}

func (m *machine) amount() map[string]any {
	return amount(decimal.New(int64(rapid.IntRange(1, 120).Draw(m.rapid, "amount")), 0).String())
}

// command runs a command; it must be answered with a status or a code, never with an error.
func (m *machine) command(name string, input map[string]any) {
	if got := m.run(m.node(), name, input); strings.Contains(got, ":") {
		m.rapid.Fatalf("%s: %s", name, got)
	}
}

func (m *machine) actions() map[string]func() {
	return map[string]func(){
		"settle":  func() { m.settle(m.node()) },
		"capture": func() { m.command("capture", m.amount()) },
		"refund":  func() { m.command("refund", m.amount()) },
		"cancel":  func() { m.command("cancel", nil) },
		"refresh": func() { m.command("refresh", nil) },
		"authorize": func() {
			m.command("authorize", map[string]any{"token": rapid.SampledFrom([]string{"tok_good", "tok_sca", "tok_declined"}).Draw(m.rapid, "token")})
		},
		"message": func() { m.message(rapid.Bool().Draw(m.rapid, "again"), rapid.Bool().Draw(m.rapid, "old")) },
		"bank":    m.bank,
		"screens": m.screens,
		"fault":   m.fault,
		"sweep":   func() { m.hasty(); m.sweep(m.node()) },
		"abandon": func() { m.past("61 minutes"); m.sweep(m.node()) },
	}
}

// message tells of the payment, once more under the number before, or by what was seen of it earlier.
func (m *machine) message(again, old bool) {
	if m.events++; again && m.events > 1 {
		m.events--
	}
	if old {
		m.gateway.seen = func(s *module.PaymentState) {
			if h := m.gateway.history[s.Reference]; len(h) > 0 {
				*s = *h[rand.IntN(len(h))]
			}
		}
	}
	_ = m.event(m.node(), fmt.Sprint(m.id, m.events)) // a gateway that does not answer is one of the faults
	m.gateway.seen = nil
}

// bank is what the buyer does at his bank, or leaves undone.
func (m *machine) bank() {
	word := rapid.SampledFrom([]module.PaymentStatus{module.PaymentAuthorized, module.PaymentFailed, module.PaymentExpired}).Draw(m.rapid, "word")
	m.eachAttempt(func(d *deposit) {
		switch {
		case d.status == module.PaymentRequiresAction && word == module.PaymentAuthorized:
			d.approve(m.gateway.captures)
		case d.status == module.PaymentRequiresAction && word == module.PaymentFailed:
			d.status, d.code = word, "declined"
		case d.status == module.PaymentAuthorized && word == module.PaymentExpired:
			d.release(word)
		}
	})
}

// screens is staff that takes or returns money beside Hanse.
func (m *machine) screens() {
	m.eachAttempt(func(d *deposit) {
		one := decimal.NewFromInt(1)
		step := module.PaymentStep{Step: m.gateway.next("st"), Amount: euros(one)}
		switch {
		case d.status == module.PaymentAuthorized && d.captured.Add(one).LessThan(d.authorized):
			d.captured, step.Action = d.captured.Add(one), module.Capture
		case d.captured.GreaterThan(d.refunded):
			d.refunded, step.Action = d.refunded.Add(one), module.Refund
		default:
			return
		}
		d.steps = append(d.steps, step)
	})
}

func (m *machine) eachAttempt(do func(d *deposit)) {
	var attempts string
	m.Scan(&attempts, "SELECT string_agg(id::text, ' ') FROM payment_transaction WHERE payment_id = $1 AND action = 'authorize'", m.id)
	for _, a := range strings.Fields(attempts) {
		m.gateway.buyer(a, do)
	}
}

// fault lets the next call fail, before or after it was carried out.
func (m *machine) fault() {
	class := rapid.SampledFrom([]module.Class{module.Connection, module.Intermittent, module.Unauthorized, module.Invalid}).Draw(m.rapid, "class")
	once := func(module.PaymentRequest) error {
		m.gateway.before, m.gateway.after = nil, nil
		return trouble(class)
	}
	if lost := class == module.Connection && rapid.Bool().Draw(m.rapid, "lost"); lost {
		m.gateway.after = once
	} else {
		m.gateway.before = once
	}
}

// agree lets everything come to its end and compares the books.
func (m *machine) agree() {
	m.gateway.before, m.gateway.after, m.gateway.seen = nil, nil, nil
	for round := 0; round < 6 && (round < 2 || m.due() != ""); round++ {
		m.hasty()
		m.sweep(m.one)
		m.events++
		if err := m.event(m.two, fmt.Sprint(m.id, "end", m.events)); err != nil {
			m.rapid.Fatal(err)
		}
		m.run(m.one, "refresh", nil)
	}
	var attempt string
	var status payment.Status
	m.Scan(&attempt, "SELECT attempt_id::text FROM payment WHERE id = $1", m.id)
	m.Scan(&status, "SELECT status FROM payment WHERE id = $1", m.id)
	if due := m.due(); due != "" {
		m.rapid.Fatalf("%s is left; %s, the steps are %s", due, m.state(), m.steps())
	}
	m.eachAttempt(func(d *deposit) {
		money := fmt.Sprintf("%s/%s/%s", d.authorized, d.captured, d.refunded)
		if d.attempt == attempt && !status.Over() {
			if got := m.sums(); got != money {
				m.rapid.Errorf("the gateway has %s %s, the payment is %s; the steps are %s", d.status, money, got, m.steps())
			}
			return
		}
		if d.status == module.PaymentAuthorized || !d.captured.Equal(d.refunded) {
			m.rapid.Errorf("the payment is %s, but of attempt %s the gateway keeps %s %s; the steps are %s", m.state(), d.attempt, d.status, money, m.steps())
		}
	})
}

// due is what is still to be asked for.
func (m *machine) due() (s string) {
	m.Scan(&s, "SELECT coalesce(string_agg(transaction_id::text, ', '), '') FROM payment_work WHERE payment_id = $1 AND ask = 'pay'", m.id)
	return s
}

func (m *machine) sums() (s string) {
	m.Scan(&s, `SELECT trim_scale(authorized_amount) || '/' || trim_scale(captured_amount) || '/' || trim_scale(refunded_amount) FROM payment WHERE id = $1`, m.id)
	return s
}
