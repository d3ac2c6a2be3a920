package cli

import (
	"context"
	"fmt"
	"time"

	"relaytop/state"
)

// How often the dashboard looks for runs that another session left with a provider: soon after one was found, and
// less and less often while there are none.
const (
	collectFirst = 30 * time.Second
	collectLast  = 10 * time.Minute
)

// collector goes on with the runs that earlier sessions, or other processes, left with a provider.
type collector interface {
	Refresh() error
	Collect(context.Context) int
}

// collect fetches the answers of such runs until ctx ends.
func collect(ctx context.Context, runs collector, touch func()) {
	wait := collectFirst
	for {
		if n := runs.Collect(ctx); n > 0 {
			wait = collectFirst
			touch()
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = min(2*wait, collectLast)
		_ = runs.Refresh() // without it the runs that are known are looked at
	}
}

// beside runs work beside the dashboard. A panic in it is a notice, and not the end.
func beside(app *App, what string, work func()) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				app.Store.AddNotice(state.Bad, fmt.Sprintf("%s failed: %v", what, p))
			}
		}()
		work()
	}()
	return done
}
