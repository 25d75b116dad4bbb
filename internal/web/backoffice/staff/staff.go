// Package staff is what the back-office shows and does, from the database: who is signed in, what waits, the ledger.
package staff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanse-commerce/hanse/internal/access"
	"github.com/hanse-commerce/hanse/internal/command"
	"github.com/hanse-commerce/hanse/internal/point/api/jsonapi"
	"github.com/hanse-commerce/hanse/internal/point/channel"
	"github.com/hanse-commerce/hanse/internal/record"
	"github.com/hanse-commerce/hanse/internal/web/backoffice"
	"github.com/hanse-commerce/hanse/internal/web/page"
)

// Options are what the back-office stands on.
type Options struct {
	Pool      *pgxpool.Pool
	Store     *record.Store
	Directory *access.Directory
	Commands  *command.Runner
	Hosts     *channel.Host
	// Content opens what is kept of a message by its hash.
	Content func(ctx context.Context, hash string) (io.ReadCloser, error)
	Secure  bool // the cookie goes over HTTPS only
	// Address tells where a request comes from; nil takes the connection's own.
	Address func(*http.Request) netip.Addr
	Log     *slog.Logger
}

// Staff serves the back-office's pages and knows who is signed in.
type Staff struct {
	Options
	sessions *scs.SessionManager
	throttle *access.Throttle
	office   *backoffice.Office
}

// New puts the back-office together. It is an http.Handler for all below /admin/.
func New(o Options) (*Staff, error) {
	s := &Staff{Options: o, sessions: access.NewSessions(o.Pool, access.Admin, o.Secure), throttle: access.NewThrottle(o.Pool)}
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		o.Log.ErrorContext(r.Context(), "keep a session of the back-office", "path", r.URL.Path, "error", err)
		http.Error(w, "The back-office does not answer at the moment; please try again.", http.StatusServiceUnavailable)
	}
	stored := backoffice.Stored{Store: o.Store, Pool: o.Pool, Commands: o.Commands, Caller: callerOf}
	var err error
	s.office, err = backoffice.New(backoffice.Options{Name: "Hanse", Logger: o.Log},
		backoffice.Sources{Users: s, Desk: desk{s}, Exchanges: ledger{s}, Records: stored, Traces: tracing{s}, Channels: channels{s}, Papers: papers{s}})
	return s, err
}

type contextKey struct{}

// visitor is who is behind a request.
type visitor struct {
	caller  access.Caller
	user    backoffice.User
	address netip.Addr
	known   bool
}

func visitorOf(ctx context.Context) *visitor {
	v, _ := ctx.Value(contextKey{}).(*visitor)
	if v == nil {
		return &visitor{}
	}
	return v
}

func callerOf(ctx context.Context) access.Caller { return visitorOf(ctx).caller }

const userKey = access.SessionUser // UUID of the member of staff

// ServeHTTP loads the session and who it belongs to, then shows the page. Another site's forms are refused.
func (s *Staff) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.sessions.LoadAndSave(http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visit(r)
		if err != nil {
			s.sessions.ErrorFunc(w, r, err)
			return
		}
		s.office.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, v)))
	}))).ServeHTTP(w, r)
}

func (s *Staff) visit(r *http.Request) (*visitor, error) {
	v := &visitor{address: s.address(r)}
	id := s.sessions.GetString(r.Context(), userKey)
	if id == "" {
		return v, nil
	}
	caller, err := s.Directory.User(r.Context(), id)
	if errors.Is(err, access.ErrGone) {
		return v, s.sessions.Destroy(r.Context())
	}
	if err != nil {
		return v, err
	}
	v.caller, v.known = caller, true
	v.user, err = s.describe(r.Context(), caller)
	return v, err
}

func (s *Staff) address(r *http.Request) netip.Addr {
	if s.Options.Address != nil {
		return s.Options.Address(r)
	}
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

func (s *Staff) describe(ctx context.Context, c access.Caller) (u backoffice.User, err error) {
	u.Email = c.Actor.Name
	var zone string
	err = s.within(ctx, c, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(nullif(concat_ws(' ', u.first_name, u.last_name), ''), u.email), o.name, o.time_zone
			FROM user_account u JOIN organization o ON o.id = u.organization_id WHERE u.id = $1`, c.Actor.ID).Scan(&u.Name, &u.Organization, &zone)
	})
	if err != nil {
		return u, fmt.Errorf("reading who %s is: %w", c.Actor.Name, err)
	}
	if u.Zone, err = time.LoadLocation(zone); err != nil {
		u.Zone = time.UTC
	}
	return u, nil
}

// within runs f on behalf of a caller.
func (s *Staff) within(ctx context.Context, c access.Caller, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := access.Enter(ctx, tx, c); err != nil {
			return err
		}
		return f(tx)
	})
}

// User implements backoffice.Users.
func (s *Staff) User(ctx context.Context) (backoffice.User, bool) {
	v := visitorOf(ctx)
	return v.user, v.known
}

// SignIn implements backoffice.Users. A new token is made, so that nobody who planted the old one shares the session.
func (s *Staff) SignIn(ctx context.Context, email, password string) error {
	from := visitorOf(ctx).address
	until, err := s.throttle.Banned(ctx, from, email)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return &page.Invalid{Problems: []page.Problem{{Text: "Too many logins have failed; try again in a quarter of an hour."}}}
	}
	id, err := s.Directory.LoginUser(ctx, "", email, password)
	if errors.Is(err, access.ErrLogin) {
		if err := s.throttle.Failed(ctx, from, email); err != nil {
			return err
		}
		return &page.Invalid{Problems: []page.Problem{{Field: "password", Text: "The e-mail address is not known, or the password is wrong."}}}
	}
	if err != nil {
		return err
	}
	if err := s.throttle.Succeeded(ctx, from, email); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	s.sessions.Put(ctx, userKey, id)
	return nil
}

// SignOut implements backoffice.Users.
func (s *Staff) SignOut(ctx context.Context) error { return s.sessions.Destroy(ctx) }

// Authenticate finds the member of staff of a request to the back-office API by the session's cookie; it is a
// jsonapi.Authenticator. ok is false where there is no such cookie.
func (s *Staff) Authenticate(r *http.Request) (caller access.Caller, ok bool, err error) {
	cookie, err := r.Cookie(s.sessions.Cookie.Name)
	if err != nil {
		return caller, false, nil
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return caller, true, jsonapi.Refuse(http.StatusForbidden, "cross_origin", "The request comes from a page of another site.")
	}
	ctx, err := s.sessions.Load(r.Context(), cookie.Value)
	if err != nil {
		return caller, true, err
	}
	id := s.sessions.GetString(ctx, userKey)
	if id == "" {
		return caller, false, nil
	}
	caller, err = s.Directory.User(ctx, id)
	if errors.Is(err, access.ErrGone) {
		return caller, false, nil
	}
	return caller, true, err
}
