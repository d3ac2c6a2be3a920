package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/chat"
)

// modelList holds the models that the relay offers. They are fetched once, beside the dashboard's start. It stays
// empty if the relay does not list them; a model can still be typed by name.
type modelList struct {
	list   atomic.Pointer[[]chat.ModelChoice]
	beside string // notices that were shown at began
	began  time.Time
}

// besideFor is how long the notices of the start are shown again beside that of the models.
const besideFor = 4 * time.Second

// atStart shows the notices of the start on one line: a later notice takes the place of an earlier one.
func (l *modelList) atStart(app *App, notices []string) {
	if n := app.Archive.Notice(); n != "" {
		notices = append(slices.Clone(notices), n)
	}
	l.beside, l.began = strings.Join(notices, "; "), time.Now()
	if l.beside != "" {
		app.Store.AddNotice(state.Warn, l.beside)
	}
}

// failed shows that the models are not listed, and why.
func (l *modelList) failed(app *App, err error) {
	level, text := noModels(err)
	if l.beside != "" && time.Since(l.began) < besideFor {
		level, text = state.Warn, l.beside+"; "+text
	}
	app.Store.AddNotice(level, text)
}

func (l *modelList) fetch(ctx context.Context, app *App) {
	list, err := app.Relays.Models(ctx)
	if err != nil {
		if ctx.Err() == nil {
			l.failed(app, err)
		}
		if len(list) == 0 {
			return
		}
	}
	out := make([]chat.ModelChoice, 0, len(list))
	for _, m := range list {
		out = append(out, chat.ModelChoice{ID: m.ID, Endpoint: m.Endpoint, Context: m.Context, Price: priceText(m)})
	}
	l.list.Store(&out)
	app.Store.Touch() // the context window of the model is known now
}

// noModels says why there is no list: a relay that can't be reached is not the same as one without a list. An error
// that is not a relay's names its own cause.
func noModels(failed error) (state.Level, string) {
	var err *relay.Error
	if !errors.As(failed, &err) {
		return state.Info, failed.Error()
	}
	why := err.Error()
	switch err.Class.Traits().Origin {
	case relay.FromNetwork:
		return state.Warn, "the relay can't be reached: " + why
	case relay.FromRelay:
		return state.Warn, "the relay did not list its models: " + why
	case relay.FromAnswer, relay.FromRequest, relay.FromUser:
	}
	return state.Info, "the relay does not list its models: " + why
}

func (l *modelList) get() []chat.ModelChoice {
	if p := l.list.Load(); p != nil {
		return *p
	}
	return nil
}
