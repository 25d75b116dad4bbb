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

// CommitCtx keeps the data of a session. One that is used again and again is written once a minute.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.pool.Exec(ctx, `insert into session (token, data, expires_at) values ($1, $2, $3)
		on conflict (token) do update set data = excluded.data, expires_at = excluded.expires_at
		where session.data <> excluded.data or session.expires_at < excluded.expires_at - interval '1 minute'`, sessionKey(token), data, expiry)
	if err != nil {
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
