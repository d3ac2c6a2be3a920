package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"relaytop/relay"
	"relaytop/state"
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
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				app.Store.AddNotice(state.Bad, fmt.Sprintf("fetching the models failed: %v", p))
			}
		}()
		models.fetch(asking, app)
	}()
	look := screen(cfg, models)
	look.Connect = func(url, key string) (string, error) {
		return c.setup.connect(asking, cfg, url, key, inDialog())
	}
	err = ui.Run(ctx, app.Store, look)
	cut := 0
	if ctx.Err() != nil {
		cut = cutOff(app)
	}
	stop()
	<-done
	c.engine.close(app)
	if err == nil && cut != exitOK {
		return &exit{code: cut}
	}
	return fail(exitFailed, err)
}

// cutOff is the exit code of a signal that ends the work in flight; exitOK if there is none.
func cutOff(app *App) int {
	for _, h := range app.Runs.Headers() {
		switch h.State {
		case job.Reading, job.Running, job.Pausing, job.Finishing:
			if !h.ReadOnly {
				return exitInterrupted
			}
		case job.Paused, job.Finished, job.Cancelled, job.Broken, job.Damaged:
		}
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
	}
}

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

// priceText is the price of input and output per million tokens, and that of each call.
func priceText(m relay.Offer) string {
	var parts []string
	if m.Input != nil && m.Output != nil {
		parts = append(parts, m.Input.Price()+" / "+m.Output.Price())
	}
	if m.Call != nil {
		parts = append(parts, callText(*m.Call))
	}
	return strings.Join(parts, " + ")
}

// million tokens are the unit of an offer's prices.
const million = 1_000_000
