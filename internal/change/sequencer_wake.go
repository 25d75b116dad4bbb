package change

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Notification channels: changes were committed; the feed has grown.
const (
	changeChannel = "hanse_change"
	feedChannel   = "hanse_feed"
)

// relay passes the word of a commit on this node to the sequencer, be it here or on another node. The notification is a
// transaction of its own: inside the writer's it would make all commits wait for each other.
func (s *Sequencer) relay(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.woken:
		}
		if s.leading.Load() {
			poke(s.work)
			continue
		}
		if s.PollOnly {
			continue
		}
		if _, err := s.pool.Exec(ctx, "select pg_notify($1, '')", changeChannel); err != nil && ctx.Err() == nil {
			s.log.Warn("change log: the sequencer is not woken, it looks by itself each second", "error", err)
			wait(ctx, retryAfter, nil, nil)
		}
	}
}

// listen hears of commits and of the feed's growth on other nodes. Where nothing can be heard, such as behind a
// transaction pooler, polling goes on.
func (s *Sequencer) listen(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.listenOnce(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("change log: no word from other nodes, trying again", "error", err)
		}
		wait(ctx, pollEvery, nil, nil)
	}
	return ctx.Err()
}

func (s *Sequencer) listenOnce(ctx context.Context) error {
	config := s.pool.Config().ConnConfig
	config.RuntimeParams["application_name"] = "hanse listener"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+changeChannel+"; listen "+feedChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	poke(s.work) // what was said before is not heard
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for word: %w", err)
		}
		if n.Channel == feedChannel {
			s.announce()
			continue
		}
		poke(s.work)
	}
}
