package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	// sweepEvery is how often a node deletes sessions that have ended.
	sweepEvery = 10 * time.Minute
)

// NewSessions keeps browser sessions in PostgreSQL, so that every node knows them. Each side of the house has a cookie of
// its own, for a buyer and a member of staff may share a browser. secure: the cookie goes over HTTPS only.
func NewSessions(pool *pgxpool.Pool, side Side, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = NewSessionStore(pool)
	m.Lifetime, m.IdleTimeout = sessionLife, sessionIdle
	m.Cookie.Name = "hanse_" + side.String()
	m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Secure = true, http.SameSiteLaxMode, secure
	m.Cookie.Path = "/"
	return m
}

// SessionStore keeps the sessions of the scs library; it fulfils scs.CtxStore.
type SessionStore struct {
	pool  *pgxpool.Pool
	mu    sync.Mutex
	swept time.Time
}

// NewSessionStore keeps sessions in a database.
func NewSessionStore(pool *pgxpool.Pool) *SessionStore { return &SessionStore{pool: pool} }

var _ scs.CtxStore = (*SessionStore)(nil)

func sessionKey(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindCtx gives the data of a session that has not ended.
func (s *SessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.pool.QueryRow(ctx, "select data from session where token = $1 and expires_at > now()", sessionKey(token)).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", err)
	}
	return data, true, nil
}

// commitSQL writes a session that is new, was changed, or was last written over a minute ago; one that is used again and
// again is only read, so that its requests neither wait for each other nor for the disk.
const commitSQL = `with kept as (
  update session set data = $2, expires_at = $3::timestamptz, subject_id = $4::uuid, website = $5, deadline = $6::timestamptz
  where token = $1 and (data <> $2 or expires_at < $3::timestamptz - interval '1 minute')
)
insert into session (token, data, expires_at, subject_id, website, deadline) select $1, $2, $3::timestamptz, $4::uuid, $5, $6::timestamptz
where not exists (select from session where token = $1) on conflict (token) do nothing`

// CommitCtx keeps the data of a session.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	o := ownerOf(data)
	if _, err := s.pool.Exec(ctx, commitSQL, sessionKey(token), data, expiry, o.subject, o.website, o.deadline); err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return s.sweep(ctx)
}

// DeleteCtx ends a session.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.pool.Exec(ctx, "delete from session where token = $1", sessionKey(token)); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context.
func (s *SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s *SessionStore) sweep(ctx context.Context) error {
	s.mu.Lock()
	due := time.Since(s.swept) > sweepEvery
	if due {
		s.swept = time.Now()
	}
	s.mu.Unlock()
	if !due {
		return nil
	}
	if _, err := s.pool.Exec(ctx, "delete from session where expires_at < now()"); err != nil {
		return fmt.Errorf("delete ended sessions: %w", err)
	}
	return nil
}
