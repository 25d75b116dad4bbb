package hanse

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hanse-commerce/hanse/internal/demo/story"
)

// story starts a demo in a folder of its own, plays the day from outside and ends with its verdict.
func (d *demo) story(ctx context.Context, keep bool) error {
	if !keep {
		dir, err := os.MkdirTemp("", "hanse-story-")
		if err != nil {
			return fmt.Errorf("making a folder for the story: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- PostgreSQL's own user has to pass through
			return fmt.Errorf("making a folder for the story: %w", err)
		}
		d.cfg.Data = dir
	}
	d.cfg.HTTP, d.cfg.SFTP, d.simulators = "127.0.0.1:0", "127.0.0.1:0", false
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan facts, 1)
	d.ready = func(f facts) { ready <- f }
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx) }()
	select {
	case err := <-ended:
		return errors.Join(errors.New("the demo did not start"), err)
	case f := <-ready:
		failed, err := story.Play(ctx, f.place(), d.out)
		stop()
		err = errors.Join(err, <-ended)
		if err == nil && failed > 0 {
			return &exitError{code: exitFailed}
		}
		return err
	}
}

// place is what the story has to know of where it plays.
func (f facts) place() story.Place {
	return story.Place{SFTP: f.SFTP, HostKeys: f.SFTPHostKeys, PartnerUser: f.Partner.User, PartnerPass: f.Partner.Password,
		BuyerEmail: f.Buyer.Email, BuyerPass: f.Buyer.Password, ShopURL: f.HTTP, StripeAPIBase: f.StripeAPIBase,
		AdminURL: f.API.AdminURL, StorefrontURL: f.API.StorefrontURL,
		TokenURL: f.API.TokenURL, ClientID: f.API.ClientID, ClientSecret: f.API.ClientSecret, Morning: f.Morning}
}
