package backoffice

import (
	"context"
	"net/http"
	"time"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/web/page"
	"github.com/hanse-commerce/hanse/resource"
)

// Channels are the configured modules, as far as the user in the context may see them.
type Channels interface {
	// Channels are all of them, by position and code.
	Channels(ctx context.Context) ([]Channel, error)
	// Channel is one of them, with what it said and was told last. ErrNotFound: there is none.
	Channel(ctx context.Context, id string) (Channel, error)
	// Kinds are the modules that a channel can be made of.
	Kinds(ctx context.Context) []ChannelKind
	// Settings is the form of a channel, or of a new one of a kind if id is empty. ErrNotFound: there is no such module.
	Settings(ctx context.Context, id, kind string) (ChannelSettings, error)
	// Save writes a channel and the secrets that were typed; an empty id makes a new one. It gives its id, or what is wrong.
	Save(ctx context.Context, id string, in ChannelInput) (saved string, faults []resource.Violation, err error)
}

// Channel is a configured module with how it fares.
type Channel struct {
	ID, Code, Name, Title string   // Title is the module's
	Abilities             []string // "payment", "shipping", "webhook", …
	State                 string   // "ok", "unused", "failing", "paused", "off" or "broken"
	Faults                []string // why it cannot be used, in words
	Breaker               string   // "open" and "half-open" keep calls from being made on this node
	LastSuccess           time.Time
	LastFailure           time.Time
	Failure               string
	OpenErrors            int
	Latency               time.Duration
	Checks                []ChannelCheck
	CheckedAt             time.Time
	WebhookURL            string
	Log                   []ExchangeSummary // newest first

	CanEdit, CanRun bool // set by the page
}

// ChannelCheck is what one check of the connection found.
type ChannelCheck struct {
	Name    string
	State   string // "done", "failed" or "waiting" where an earlier one failed
	Detail  string
	Took    time.Duration
	Skipped bool
}

// ChannelKind is a module.
type ChannelKind struct{ Name, Title, Doc string }

// URL is the address of the channel's page.
func (c Channel) URL() string { return prefix + page.Path("channels", c.ID) }

// RecordURL is the address of its record, with history.
func (c Channel) RecordURL() string { return recordURL("channels", c.ID) }

// Tone is the colour of the state.
func (c Channel) Tone() string {
	return map[string]string{"ok": "good", "failing": "bad", "broken": "bad", "paused": "warn"}[c.State]
}

// ChannelList is the page of all channels.
type ChannelList struct {
	Channels []Channel
	Kinds    []ChannelKind
	CanMake  bool
}

func (o *Office) channelType() *resource.Type {
	t, ok := o.Records.Schema().Type("channels")
	if !ok {
		t = &resource.Type{Name: "channels"}
	}
	return t
}

func (o *Office) channelList(w http.ResponseWriter, r *http.Request) error {
	all, err := o.Channels.Channels(r.Context())
	if err != nil {
		return err
	}
	list := ChannelList{Channels: all, CanMake: o.may(r.Context(), o.channelType(), access.Create)}
	if list.CanMake {
		list.Kinds = o.Channels.Kinds(r.Context())
	}
	channelsView.Show(o.engine, w, r, http.StatusOK, o.frame(r, o.words(r.Context()).T("channels.title")), list)
	return nil
}

func (o *Office) channel(w http.ResponseWriter, r *http.Request) error {
	c, err := o.Channels.Channel(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	c.CanEdit = o.may(r.Context(), o.channelType(), access.Update)
	if test, ok := o.Records.Schema().Command("channels", "test"); ok {
		c.CanRun = o.mayRun(r.Context(), test)
	}
	words := o.words(r.Context())
	for _, at := range []*time.Time{&c.LastSuccess, &c.LastFailure, &c.CheckedAt} {
		if !at.IsZero() {
			*at = at.In(words.zone)
		}
	}
	for i := range c.Log {
		c.Log[i].At = c.Log[i].At.In(words.zone)
	}
	channelView.Show(o.engine, w, r, http.StatusOK, o.frame(r, c.Name, words.T("channels.title"), prefix+"/channels", c.Name), c)
	return nil
}

// runOnChannel runs one of the channel's commands and comes back to its page: test, pause, resume.
func (o *Office) runOnChannel(w http.ResponseWriter, r *http.Request) error {
	c, ok := o.Records.Schema().Command("channels", r.PathValue("command"))
	if !ok || len(c.Input) > 0 || !o.mayRun(r.Context(), c) {
		return ErrNotFound
	}
	shown, err := o.Channels.Channel(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err = o.Records.Run(r.Context(), c, shown.ID, nil); err != nil {
		problems, err := o.refusals(r.Context(), o.channelType(), c, err)
		if err != nil {
			return err
		}
		page.Tell(w, r, "bad", "action.refused", problems[0].Text)
	}
	http.Redirect(w, r, shown.URL()+"#h-checks", http.StatusSeeOther) // #nosec G710 -- URL keeps to this site
	return nil
}
