package moduletest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hanse-commerce/hanse/module"
)

// gaveUp asks with a context that is over.
func (s *shippingSuite) gaveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	_, err := s.shipping.Rates(ctx, s.channel(t, s.settings), s.Request)
	if s.Misbehave != nil && err == nil {
		t.Error("a call that was over before it began got rates")
	}
	if took := time.Since(begin); took > shortly {
		t.Errorf("it took %s", took)
	}
}

// fails asks and wants an error of a class.
func (s *shippingSuite) fails(t *testing.T, settings module.Settings, class module.Class) *module.Error {
	t.Helper()
	rates, err := s.tried(t, string(class), settings, s.Request)
	var e *module.Error
	switch {
	case err == nil:
		t.Errorf("there are %d rates and no error", len(rates))
	case !errors.As(err, &e):
		t.Errorf("%v is no *module.Error", err)
	case e.Class != class:
		t.Errorf("the class of %v is %s, not %s", err, e.Class, class)
	case e.Code == "" || e.Detail == "":
		t.Errorf("%v lacks a code or a detail", err)
	default:
		return e
	}
	return nil
}

func (s *shippingSuite) trouble(t *testing.T) {
	defer s.Misbehave(t, None)
	s.Misbehave(t, TooMany)
	if e := s.fails(t, s.settings, module.RateLimited); e != nil && e.RetryAfter <= 0 {
		t.Error("the error does not say how long the carrier wants to be left alone")
	}
	s.Misbehave(t, Unavailable)
	s.fails(t, s.settings, module.Intermittent)
	s.Misbehave(t, Garbled)
	s.fails(t, s.settings, module.Intermittent)
	s.Misbehave(t, None)
	if len(s.rates(t, s.Request)) == 0 {
		t.Error("there are no rates behind the trouble")
	}
}

// hanging wants the call to end at its deadline, not before and not much later.
func (s *shippingSuite) hanging(t *testing.T) {
	s.Misbehave(t, Hanging)
	defer s.Misbehave(t, None)
	const deadline = 200 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	begin := time.Now()
	_, err := s.shipping.Rates(ctx, s.channel(t, s.settings), s.Request)
	took := time.Since(begin)
	var e *module.Error
	if !errors.As(err, &e) || e.Class != module.Connection {
		t.Errorf("the error is %v, none of class %s", err, module.Connection)
	}
	if took < deadline || took > deadline+2*time.Second {
		t.Errorf("the call took %s; its deadline was %s", took, deadline)
	}
}

func (s *shippingSuite) refused(t *testing.T) {
	s.fails(t, Channel(t, s.Module, s.Refused).Settings, module.Unauthorized)
	if len(s.rates(t, s.Request)) == 0 {
		t.Error("wrong credentials of one channel cost another its rates")
	}
}

// checks wants all to be well with the settings, and one to fail with refused ones.
func (s *shippingSuite) checks(t *testing.T) {
	first := func(settings module.Settings) (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), shortly)
		defer cancel()
		for _, check := range s.Module.(module.Checker).Checks() {
			if check.Name == "" {
				t.Error("a check has no name")
			}
			if err := check.Run(ctx, s.channel(t, settings)); err != nil {
				s.keepsSecrets(t, "the error of a check", err.Error())
				return check.Name, err
			}
		}
		return "", nil
	}
	if name, err := first(s.settings); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if s.Refused == nil {
		return
	}
	if _, err := first(Channel(t, s.Module, s.Refused).Settings); err == nil {
		t.Error("no check fails with credentials that are refused")
	}
}
