package cli

import (
	"context"
	"errors"
	"io"

	"relaytop/state/config"
	"relaytop/state/job"
	"relaytop/themes"
	"relaytop/ui"
	"relaytop/ui/chat"
	"relaytop/ui/style"
)

// dashboardCommand is `relaytop` without a command.
type dashboardCommand struct {
	console *console
	config  *loader
	engine  *starter
	setup   *setupCommand // connects a relay from the dashboard's dialog
	version string
}

// run opens the screen. Without a terminal it says what to use instead.
func (c *dashboardCommand) run(ctx context.Context) error {
	cfg, err := c.config.read()
	if err != nil {
		return err
	}
	if !isTerminal(c.console.Stdout) || !isTerminal(c.console.Stdin) {
		if !cfg.Relay.Demo {
			return fail(exitUsage, errors.New("the dashboard needs a terminal; without one, use `relaytop chat`, "+
				"`relaytop batch FILE -o OUT.jsonl` or `relaytop usage`"))
		}
		return c.tour(ctx)
	}
	c.engine.scraped = true
	app, err := c.engine.start(ctx, cfg, nil)
	if err != nil {
		return err
	}
	if _, err := c.config.load(); err != nil { // its notices stay in the terminal, above the screen
		return err
	}
	models := &modelList{}
	models.atStart(app, cfg.Notices)
	asking, stop := context.WithCancel(ctx)
	fetched := beside(app, "fetching the models", func() { models.fetch(asking, app) })
	collected := beside(app, "looking for runs at a provider", func() { collect(asking, app.Runs, app.Store.Touch) })
	look := screen(cfg, models)
	look.Connect = func(url, key string) (string, error) {
		return c.setup.connect(asking, cfg, url, key, inDialog())
	}
	ending, err := ui.Run(ctx, app.Store, look)
	cut := 0
	gone := errors.Is(err, ui.ErrGone)
	if gone {
		err = nil
	}
	if ctx.Err() != nil || gone {
		cut = cutOff(app)
	}
	stop()
	<-fetched
	<-collected
	if err == nil && ctx.Err() == nil && !gone {
		err = c.goOn(ctx, app, ending)
	}
	c.engine.close(app)
	switch code := (*exit)(nil); {
	case errors.As(err, &code):
		return err
	case err == nil && cut != exitOK:
		return &exit{code: cut}
	}
	return fail(exitFailed, err)
}

// cutOff is the exit code of a signal that ends the work in flight; exitOK if there is none.
func cutOff(app *App) int {
	if len(activeRuns(app)) > 0 {
		return exitInterrupted
	}
	if app.Store.Snapshot().Busy {
		return exitCancelled
	}
	return exitOK
}

// screen is what the configuration says about the dashboard.
func screen(cfg *config.Config, models *modelList) ui.Options {
	symbols, _ := style.ParseSymbols(cfg.Symbols) // the configuration checked it
	return ui.Options{
		Theme:  cfg.Theme,
		Themes: themes.Dir(cfg.Paths.Themes()),
		Look:   style.Options{Symbols: symbols, ASCII: cfg.ASCII, NoColor: cfg.NoColor},
		FPS:    cfg.FPS,
		Keys:   cfg.Keys,
		Copied: cfg.Paths.Copied(),
		Chat:   chat.Options{Models: models.get},
		Notify: ui.Notify(cfg.Notify),
		// what the command prints would be drawn over the screen
		RunEnded: func(h *job.Header) error { return runOnDone(cfg.OnDone, h, io.Discard) },
	}
}
