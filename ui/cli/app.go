package cli

import (
	"context"
	"errors"
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/config"
	"relaytop/state/job"
)

// closeWithin limits the shutdown: cancel, journals, archive.
const closeWithin = 5 * time.Second

// App is the running engine and state, as the commands use them.
type App struct {
	Config   *config.Config
	Engine   state.Engine
	Store    *state.Store
	Runs     *job.Book
	Archive  *archive.Archive
	Model    string
	Fallback []string
	Params   relay.Params
	Demo     bool
	Models   func(context.Context) ([]relay.Offer, error)
	Close    func(context.Context) error

	// Prices asks the relays for their published prices, where those we have are missing or too old.
	Prices func(context.Context) error
	// Resize allows n requests in flight, besides those kept for chats.
	Resize func(n int)
	// Forecast is what tokens will cost at the relay; false: no price is known.
	Forecast func(model string, input, output int64) (relay.Cost, bool)
}

// open loads the configuration and starts the engine.
func (c *command) open(ctx context.Context, also relay.Sink) (*App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	app, err := c.start(ctx, cfg, func(e relay.Event) {
		if e.Kind == relay.Notice && e.ID == 0 { // about no single request, such as the day's budget
			c.note("%s", e.Reason)
		}
		if also != nil {
			also(e)
		}
	})
	if err != nil {
		return nil, err
	}
	c.tellArchive(app.Archive)
	if app.Demo {
		if c.flags.demo {
			c.tell("DEMO: the built-in simulated relay answers, because of --demo")
		} else {
			c.tell("DEMO: no relay is configured, so the built-in simulated relay answers (set HOLYSHEEP_API_KEY or " +
				"OPENAI_API_KEY)")
		}
	}
	return app, nil
}

// tellArchive reports a database that was found damaged. It does so under --quiet too: the user's records are at
// stake.
func (c *command) tellArchive(a *archive.Archive) {
	if a != nil && a.Notice() != "" {
		c.say("relaytop: " + a.Notice())
	}
}

// pricesWithin limits the wait for price lists before anything is sent. Prices that arrive later do not apply to
// what was paid before.
const pricesWithin = 3 * time.Second

// openToSpend is open for commands that print a forecast of the cost. It first asks each relay for its prices, at
// most once a day, so that requests are priced by the relay that charges for them. Where a relay does not answer,
// the known prices stay, each with its source.
func (c *command) openToSpend(ctx context.Context, also relay.Sink) (*App, error) {
	app, err := c.open(ctx, also)
	if err != nil {
		return nil, err
	}
	app.askPrices(ctx)
	return app, nil
}

// askPrices fetches the price lists that are missing or too old.
func (a *App) askPrices(ctx context.Context) {
	if a.Prices == nil || a.Demo {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pricesWithin)
	defer cancel()
	_ = a.Prices(ctx) // each amount names the source of its price
}

// start builds the engine and adds the log as a second listener beside also.
func (c *command) start(ctx context.Context, cfg *config.Config, also relay.Sink) (*App, error) {
	log, unlogged := openLog(cfg)
	listen := func(e relay.Event) {
		if log != nil {
			log.sink(e)
		}
		if also != nil {
			also(e)
		}
	}
	var app *App
	err := cfg.ResolveKeys(ctx)
	if err == nil {
		app, err = c.Open(ctx, cfg, listen)
	}
	if unlogged != nil && err == nil { // otherwise one cause would be reported twice
		c.note("relaytop: %v", unlogged)
	}
	if log == nil || err != nil {
		if log != nil {
			_ = log.close() // the error of Open matters
		}
		return app, fail(exitUsage, err)
	}
	engine := app.Close
	app.Close = func(ctx context.Context) error { return errors.Join(engine(ctx), log.close()) }
	return app, nil
}

// close ends the engine within closeWithin and reports what could not be saved.
func (c *command) close(app *App) {
	c.Release()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := app.Close(ctx); err != nil {
		c.note("relaytop: while closing: %v", err)
	}
}
