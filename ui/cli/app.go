package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/config"
	"relaytop/state/job"
	"relaytop/ui/scrape"
)

// closeWithin limits the shutdown: cancel, journals, archive.
const closeWithin = 5 * time.Second

// App is the running engine and state, as the commands use them. A part that is nil was not started.
type App struct {
	Config  *config.Config
	Sim     io.Closer // the simulated relay
	Archive *archive.Archive
	Store   *state.Store
	Runs    *job.Book
	Workers Workers
	Relays  Relays

	log     *eventLog
	metrics *scrape.Server // nil: no endpoint for Prometheus
}

// Workers are the pool that sends the requests.
type Workers interface {
	state.Engine
	// ResizeOtherLanes allows n requests in flight, besides those kept for chats.
	ResizeOtherLanes(n int)
	// Close cancels the requests under way, and returns when each has ended.
	Close(context.Context) error
}

// Relays are asked for what they offer.
type Relays interface {
	// Models lists the models of every relay. What is known is in the list even with an error.
	Models(context.Context) ([]relay.Offer, error)
	// RefreshPrices asks for the published prices, where those we have are missing or too old.
	RefreshPrices(context.Context) error
	// Forecast is what requests will cost at the relay.
	Forecast() relay.Forecast
}

// Close shuts down, in the one order: nothing new is sent, requests are cancelled, and then their last events go
// through the store into the journals and the archive. The simulated relay answers until then, and the log is the
// last.
func (a *App) Close(ctx context.Context) error {
	if a.Runs != nil {
		a.Runs.Quiet()
	}
	var steps []func(context.Context) error
	if a.Workers != nil {
		steps = append(steps, a.Workers.Close)
	}
	if a.Store != nil {
		steps = append(steps, a.Store.Close)
	}
	if a.metrics != nil {
		steps = append(steps, a.metrics.Close)
	}
	if a.Archive != nil {
		steps = append(steps, a.Archive.Close)
	}
	if a.Sim != nil {
		steps = append(steps, func(context.Context) error { return a.Sim.Close() })
	}
	if a.log != nil {
		steps = append(steps, func(context.Context) error { return a.log.close() })
	}
	var err error
	for _, step := range steps {
		err = errors.Join(err, step(ctx))
	}
	return err
}

// demo reports whether the simulated relay answers.
func (a *App) demo() bool { return a.Config.Relay.Demo }

// pricesWithin limits the wait for price lists before anything is sent. Prices that arrive later do not apply to
// what was paid before.
const pricesWithin = 3 * time.Second

// askPrices fetches the price lists that are missing or too old.
func (a *App) askPrices(ctx context.Context) {
	if a.demo() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pricesWithin)
	defer cancel()
	_ = a.Relays.RefreshPrices(ctx) // each amount names the source of its price
}
