package cli

import (
	"cmp"
	"context"
	"os"

	"relaytop/relay"
	"relaytop/ui"
)

// activeRuns are the ids of the runs that this process still works on, newest first.
func activeRuns(app *App) (ids []string) {
	for _, h := range app.Runs.Headers() {
		if h.Active() {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

// goOn carries out what was chosen for the active runs when the dashboard closed. The terminal is the shell's again:
// it shows what `relaytop batch` would show.
func (c *dashboardCommand) goOn(ctx context.Context, app *App, ending ui.Ending) error {
	ids := activeRuns(app)
	if ending == ui.StopRuns || len(ids) == 0 {
		return nil
	}
	batch := &batchCommand{console: c.console, config: c.config, engine: c.engine, version: c.version}
	return batch.goOn(ctx, app, ids, ending == ui.DrainRuns)
}

// goOn follows runs until each has ended or paused, and prints how. With drain they send no further row.
func (c *batchCommand) goOn(ctx context.Context, app *App, ids []string, drain bool) error {
	w, ctx := c.follow(ctx, app, false)
	defer w.close()
	w.id, w.others = ids[0], ids[1:]
	if drain {
		w.drain()
	} else {
		c.console.sentence("%s without the dashboard; ctrl-c lets the rows in flight finish, and stops them when it is "+
			"pressed again", goes(len(ids)))
	}
	code := exitOK
	for {
		h := w.wait(ctx)
		w.bar.clear()
		if err := c.result(&h, false); err != nil {
			return err
		}
		notifyEnd(c.console.stderr(), app.Config.Notify, os.Getenv, &h)
		if err := c.console.whenDone(app.Config.OnDone, &h); err != nil {
			return err
		}
		code = cmp.Or(code, batchExit(&h))
		if len(w.others) == 0 {
			break
		}
		w.id, w.others = w.others[0], w.others[1:]
	}
	if code != exitOK {
		return &exit{code: code}
	}
	return nil
}

func goes(n int) string {
	if n == 1 {
		return "the batch goes on"
	}
	return relay.Counted(n, "batch") + " go on"
}
