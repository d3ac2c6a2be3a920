package cli

import (
	"context"
	"time"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/ui/scrape"
)

// starter starts the engine for a command and ends it.
type starter struct {
	console *console
	config  *loader
	build   func(ctx context.Context, cfg *config.Config, also relay.Sink, migrating func(done, total int64)) (*App, error)
	version string
	release func() // after it, a signal ends the process at once

	scraped bool // the command serves its figures to Prometheus, if the configuration names an address

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
	endpoint, err := s.serveMetrics(cfg)
	if err != nil {
		return nil, fail(exitUsage, err)
	}
	log, unlogged := openLog(cfg)
	bar := &migration{console: s.console}
	app, err := s.build(ctx, cfg, func(e relay.Event) {
		if log != nil {
			log.sink(e)
		}
		if endpoint != nil {
			endpoint.Take(e)
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
		if endpoint != nil {
			_ = endpoint.Close(ctx) // as above
		}
		return nil, fail(exitUsage, err)
	}
	if unlogged != nil { // after build, which may fail for the same cause
		s.console.note("relaytop: %v", unlogged)
	}
	app.log = log
	if endpoint != nil {
		endpoint.Show(app.Store)
		app.metrics = endpoint
	}
	return app, nil
}

// serveMetrics opens the endpoint for Prometheus; nil without one. An address of the command line that is taken is
// wrong use. One of the configuration is what a second relaytop meets: it is told, and the program goes on.
func (s *starter) serveMetrics(cfg *config.Config) (*scrape.Server, error) {
	if !s.scraped || cfg.MetricsListen == "" {
		return nil, nil
	}
	endpoint, err := scrape.Listen(cfg.MetricsListen, s.version)
	switch {
	case err == nil:
		s.config.notice("metrics for Prometheus are at " + endpoint.URL())
	case s.config.flags.metrics != "":
		return nil, err
	default:
		s.config.notice(err.Error())
	}
	return endpoint, nil
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
