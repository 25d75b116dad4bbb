package backoffice

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Exchanges is the ledger of all messages in and out, as far as the user in the context may see it.
type Exchanges interface {
	Exchanges(ctx context.Context, q ExchangeQuery) (ExchangeList, error)
	Exchange(ctx context.Context, id string) (Exchange, error)
	// Errors are what was wrong with the exchange's records; class narrows them.
	Errors(ctx context.Context, id, class string, number, size int) (Errors, error)
	// Content opens the "original" or the "result" file.
	Content(ctx context.Context, id, part string) (Content, error)
	// Again processes the original once more and returns the exchange to look at; ErrNotAgain where that is not possible.
	Again(ctx context.Context, id string) (exchange string, err error)
}

// ErrNotAgain says that an exchange cannot be processed again: it is running, or its content is no longer kept.
var ErrNotAgain = errors.New("this exchange cannot be processed again now")

// ExchangeQuery is what the list asks for; an empty string means any.
type ExchangeQuery struct {
	Direction, Status, Partner, Text string
	Number, Size                     int
}

// ExchangeList is the page of all exchanges, newest first.
type ExchangeList struct {
	Exchanges []ExchangeSummary
	Total     int
	Partners  []page.Option // by code

	Query ExchangeQuery // set by the page, like the rest
	Pager page.Pager
	Live  bool // one of them is running
	Here  string
	Clear string // this list without filters; empty if none is set
}

// Counts are what became of the records of an exchange.
type Counts struct{ Read, Created, Updated, Unchanged, Failed, Warnings int }

// ExchangeSummary is an exchange in a list.
type ExchangeSummary struct {
	ID, Name, Kind string
	Direction      string // "in" or "out"
	Partner        string // name
	Status         string // "received", "processing", "done", "partlyDone" or "refused"
	At             time.Time
	Counts         Counts
}

// URL is the address of the exchange's page.
func (e ExchangeSummary) URL() string { return prefix + page.Path("exchanges", e.ID) }

// Tone is the colour of the status.
func (e ExchangeSummary) Tone() string { return tone(e.Status) }

// Running tells whether more is going to happen by itself.
func (e ExchangeSummary) Running() bool { return e.Status == "received" || e.Status == "processing" }

// Exchange is the page of one exchange and its run.
type Exchange struct {
	ExchangeSummary
	Point, Channel, Reference string
	PartnerURL                string
	Started, Finished         time.Time
	Attempt                   int
	Node                      string
	Estimate                  int // records that the message has, as far as can be told; 0 is unknown
	Size                      int64
	Hash                      string
	// Reason says why the message as a whole was refused.
	Reason      string
	DuplicateOf *Link // the first exchange with this content
	Record      *Link // the record that the message is about, such as an order
	// Handover are the milestones of an outgoing message, apart: collected is not accepted.
	Handover []Milestone
	Original bool // its content is kept
	Result   bool // there is a result file
	CanAgain bool

	Errors  Errors // set by the page, like the rest
	Class   string
	Pager   page.Pager
	Classes []ClassLink
}

// Link is a text that leads somewhere.
type Link struct{ Text, URL string }

// Milestone is one thing that happens to an outgoing message.
type Milestone struct {
	Name  string // a key below milestone: "sent", "collected", "accepted" or "rejected"
	State string // "done", "waiting" or "failed"
	At    time.Time
	Text  string
}

// Took is how long the run took, so far.
func (e Exchange) Took(now time.Time) time.Duration {
	if e.Started.IsZero() {
		return 0
	}
	if e.Finished.IsZero() {
		return now.Sub(e.Started)
	}
	return e.Finished.Sub(e.Started)
}

// Elapsed is how long the run has taken by now.
func (e Exchange) Elapsed() time.Duration { return e.Took(time.Now()) }

// Percent is how far the run is, 0 where the end is unknown.
func (e Exchange) Percent() int {
	if e.Estimate <= 0 {
		return 0
	}
	return min(100, e.Counts.Read*100/e.Estimate)
}

// Errors are a page of what was wrong.
type Errors struct {
	Groups []ErrorGroup // of the whole exchange
	Errors []Error
	Total  int // with the class asked for
}

// ErrorGroup counts equal ones.
type ErrorGroup struct {
	Class string // "value", "missing", "connection", "intermittent", "rateLimit", "tooLarge", "parse" or "duplicate"
	Count int
}

// Error is what was wrong with one record, or a warning about it.
type Error struct {
	Line    int // 0 where the whole message is meant
	Key     string
	Field   string
	Class   string
	Code    string
	Detail  string
	Warning bool
	Count   int // how many equal warnings it stands for
}

// ClassLink narrows the errors to a class.
type ClassLink struct {
	Class   string
	Count   int
	URL     string
	Current bool
}

// Content is a file to download.
type Content struct {
	Name string
	Size int64 // -1 if unknown
	io.ReadCloser
}

const exchangeListSize, errorListSize = 30, 50

func (o *Office) exchanges(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	q := ExchangeQuery{Direction: v.Get("direction"), Status: v.Get("status"), Partner: v.Get("partner"), Text: v.Get("q"),
		Number: page.PageNumber(v), Size: exchangeListSize}
	list, err := o.Exchanges.Exchanges(r.Context(), q)
	if err != nil {
		return err
	}
	list.Query, list.Here = q, r.URL.RequestURI()
	for i := range list.Partners {
		list.Partners[i].Selected = list.Partners[i].Value == q.Partner
	}
	for _, e := range list.Exchanges {
		list.Live = list.Live || e.Running()
	}
	if q.Direction != "" || q.Status != "" || q.Partner != "" || q.Text != "" {
		list.Clear = prefix + "/exchanges"
	}
	list.Pager = page.Pages(prefix+"/exchanges", v, q.Number, q.Size, list.Total)
	title := o.text(r, "exchanges.title")
	frame := o.frame(r, title, title)
	if list.Live {
		frame.Refresh = 10
	}
	exchangesView.Show(o.engine, w, r, http.StatusOK, frame, list)
	return nil
}

func (o *Office) exchange(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	e, err := o.Exchanges.Exchange(r.Context(), id)
	if err != nil {
		return err
	}
	v := r.URL.Query()
	e.Class = v.Get("class")
	number := page.PageNumber(v)
	if e.Errors, err = o.Exchanges.Errors(r.Context(), id, e.Class, number, errorListSize); err != nil {
		return err
	}
	all := 0
	for _, g := range e.Errors.Groups {
		all += g.Count
		e.Classes = append(e.Classes, ClassLink{Class: g.Class, Count: g.Count, Current: g.Class == e.Class,
			URL: page.WithQuery(e.URL(), nil, "class", g.Class)})
	}
	e.Classes = append([]ClassLink{{Count: all, URL: e.URL(), Current: e.Class == ""}}, e.Classes...)
	e.Pager = page.Pages(e.URL(), v, number, errorListSize, e.Errors.Total)
	frame := o.frame(r, e.Name, o.text(r, "exchanges.title"), prefix+"/exchanges", e.Name)
	if e.Running() {
		frame.Refresh = 3
	}
	exchangeView.Show(o.engine, w, r, http.StatusOK, frame, e)
	return nil
}

func (o *Office) content(w http.ResponseWriter, r *http.Request) error {
	part := r.PathValue("part")
	if part != "original" && part != "result" {
		return ErrNotFound
	}
	c, err := o.Exchanges.Content(r.Context(), r.PathValue("id"), part)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // it was only read
	h := w.Header()
	// Whatever a partner sent is a file to keep, never a page of this site.
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", attachment(c.Name))
	if c.Size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(c.Size, 10))
	}
	if _, err := io.Copy(w, c); err != nil {
		o.log.WarnContext(r.Context(), "send the content of an exchange", "exchange", r.PathValue("id"), "error", err)
	}
	return nil
}

func (o *Office) again(w http.ResponseWriter, r *http.Request) error {
	id, err := o.Exchanges.Again(r.Context(), r.PathValue("id"))
	if errors.Is(err, ErrNotAgain) {
		page.Tell(w, r, "bad", "exchange.notAgain")
		id, err = r.PathValue("id"), nil
	} else if err == nil {
		page.Tell(w, r, "good", "exchange.again")
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, prefix+page.Path("exchanges", id), http.StatusSeeOther) // #nosec G710 -- a path of this site
	return nil
}
