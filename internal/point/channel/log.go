package channel

import (
	"context"
	"fmt"
	"log/slog"
)

// cleanLog is the log that a module gets: it takes out what must not be kept, whatever the module says.
type cleanLog struct {
	slog.Handler
	redactor *redactor
}

// Handle implements slog.Handler.
func (l cleanLog) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, l.redactor.text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(l.attr(a))
		return true
	})
	return l.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (l cleanLog) WithAttrs(all []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(all))
	for i, a := range all {
		clean[i] = l.attr(a)
	}
	return cleanLog{l.Handler.WithAttrs(clean), l.redactor}
}

// WithGroup implements slog.Handler.
func (l cleanLog) WithGroup(name string) slog.Handler {
	return cleanLog{l.Handler.WithGroup(name), l.redactor}
}

func (l cleanLog) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindGroup:
		group := make([]slog.Attr, len(v.Group()))
		for i, inner := range v.Group() {
			group[i] = l.attr(inner)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(group...)}
	case slog.KindString:
		return slog.String(a.Key, l.redactor.text(v.String()))
	case slog.KindAny:
		return slog.String(a.Key, l.redactor.text(fmt.Sprint(v.Any())))
	}
	return a
}
