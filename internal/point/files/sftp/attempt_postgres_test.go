package sftp_test

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/internal/point/files/sftp"
	"github.com/hanse-commerce/hanse/internal/postgres/postgrestest"
)

func TestAttemptsInPostgreSQL(t *testing.T) {
	pool := postgrestest.Pool(t, sftp.Migrations())
	testAttempts(t, sftp.NewPostgresAttempts(pool, sftp.DefaultThrottle()), func(d time.Duration) {
		if _, err := pool.Exec(t.Context(), `update sftp_attempt set since = since - $1::interval, banned_until = banned_until - $1::interval`, d); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNodesCountTogether(t *testing.T) {
	pool := postgrestest.Pool(t, sftp.Migrations())
	from := netip.MustParseAddr("192.0.2.1")
	bans, first := make(chan bool, 30), make(chan bool, 30)
	var trying sync.WaitGroup
	for range 3 {
		node := sftp.NewPostgresAttempts(pool, sftp.DefaultThrottle())
		for range 10 {
			trying.Go(func() {
				until, brought, err := node.Failed(t.Context(), from, "u")
				if err != nil {
					t.Error(err)
				}
				if brought {
					first <- true
				}
				bans <- !until.IsZero()
			})
		}
	}
	trying.Wait()
	close(bans)
	free := 0
	for banned := range bans {
		if !banned {
			free++
		}
	}
	if free != 5 {
		t.Errorf("%d of 30 tries at the same time went by without a ban, want 5", free)
	}
	if len(first) != 1 {
		t.Errorf("%d tries brought the ban, want 1", len(first))
	}
}

func TestOldAttemptsAreDeleted(t *testing.T) {
	pool := postgrestest.Pool(t, sftp.Migrations())
	if _, err := pool.Exec(t.Context(), `insert into sftp_attempt values
		('192.0.2.1', 'old', 1, now() - interval '1 hour', null), ('192.0.2.1', 'old ban', 6, now() - interval '1 hour', now() - interval '1 minute'),
		('192.0.2.1', 'ban', 6, now() - interval '1 hour', now() + interval '1 minute'), ('192.0.2.1', 'new', 1, now(), null)`); err != nil {
		t.Fatal(err)
	}
	a := sftp.NewPostgresAttempts(pool, sftp.DefaultThrottle())
	if _, _, err := a.Failed(t.Context(), netip.MustParseAddr("192.0.2.2"), "u"); err != nil {
		t.Fatal(err)
	}
	var left string
	if err := pool.QueryRow(t.Context(), `select string_agg(login, ', ' order by login) from sftp_attempt`).Scan(&left); err != nil || left != "ban, new, u" {
		t.Errorf("left %q, %v", left, err)
	}
}
