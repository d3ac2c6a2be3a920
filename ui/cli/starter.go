package cli

import (
	"context"
	"time"

	"relaytop/relay"
	"relaytop/state/config"
)

// starter starts the engine for a command and ends it.
type starter struct {
	console *console
	config  *loader
	build   func(ctx context.Context, cfg *config.Config, also relay.Sink, migrating func(done, total int64)) (*App, error)
	release func() // after it, a signal ends the process at once

	until time.Time // when the process has to have ended; zero: no signal asked for it
}

// open loads the configuration and starts the engine.
func (s *starter) open(ctx context.Context, also relay.Sink) (*App, error) {
	cfg, err := s.config.load()
	if err != nil {
		return nil, err
	}
	app, err := s.start(ctx, cfg, func(e relay.Event) {
		if e.Kind == relay.Notice && e.ID == 0 { // about no single request, such as the day's budget
			s.console.note("%s", e.Reason)
		}
		if also != nil {
			also(e)
		}
	})
	if err != nil {
		return nil, err
	}
	s.console.reportArchive(app.Archive)
	if app.demo() {
		if s.config.flags.demo {
			s.console.sentence("DEMO: the built-in simulated relay answers, because of --demo")
		} else {
			s.console.sentence("DEMO: no relay is configured, so the built-in simulated relay answers (set HOLYSHEEP_API_KEY " +
				"or OPENAI_API_KEY)")
		}
	}
	return app, nil
}

// openToSpend is open for commands that print a forecast of the cost. It first asks each relay for its prices, at
// most once a day, so that requests are priced by the relay that charges for them. Where a relay does not answer,
// the known prices stay, each with its source.
func (s *starter) openToSpend(ctx context.Context, also relay.Sink) (*App, error) {
	app, err := s.open(ctx, also)
	if err != nil {
		return nil, err
	}
	app.askPrices(ctx)
	return app, nil
}

// start builds the engine and adds the log as a second listener beside also.
func (s *starter) start(ctx context.Context, cfg *config.Config, also relay.Sink) (*App, error) {
	if err := cfg.ResolveKeys(ctx); err != nil {
		return nil, fail(exitUsage, err)
	}
	log, unlogged := openLog(cfg)
	bar := &migration{console: s.console}
	app, err := s.build(ctx, cfg, func(e relay.Event) {
		if log != nil {
			log.sink(e)
		}
		if also != nil {
			also(e)
		}
	}, bar.show)
	bar.end()
	if err != nil {
		if log != nil {
			_ = log.close() // the error of build matters
		}
		return nil, fail(exitUsage, err)
	}
	if unlogged != nil { // after build, which may fail for the same cause
		s.console.note("relaytop: %v", unlogged)
	}
	app.log = log
	return app, nil
}

// close ends the engine within closeWithin and reports what could not be saved.
func (s *starter) close(app *App) {
	s.release()
	by := time.Now().Add(closeWithin)
	if !s.until.IsZero() && s.until.Before(by) {
		by = s.until
	}
	ctx, cancel := context.WithDeadline(context.Background(), by)
	defer cancel()
	if err := app.Close(ctx); err != nil {
		s.console.note("relaytop: while closing: %v", err)
	}
}
