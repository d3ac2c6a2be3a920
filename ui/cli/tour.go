package cli

import (
	"context"
	"fmt"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/meter"
)

// tourPrompt is the question of the tour.
const tourPrompt = "Explain quantum entanglement in one paragraph."

// tour shows in plain text, on the simulated relay, what the dashboard shows: a chat turn, a batch of the sample,
// the metrics.
func (c *dashboardCommand) tour(ctx context.Context) error {
	out := c.console.stdout().plain()
	id := relay.NewID()
	end := make(chan *relay.Result, 1)
	c.engine.scraped = true
	app, err := c.engine.open(ctx, func(e relay.Event) {
		if e.Kind == relay.Done && e.ID == id {
			end <- e.Result
		}
	})
	if err != nil {
		return err
	}
	defer c.engine.close(app)
	fmt.Fprintf(out, "relaytop %s, a tour on the simulated relay: nothing is billed.\n\n1 chat\n> %s\n", c.version,
		tourPrompt)
	req := relay.Request{
		ID:       id,
		Lane:     relay.LaneChat,
		Model:    app.Config.DefaultModel,
		Params:   relay.DefaultParams(),
		Fallback: app.Config.Fallback,
		Messages: []relay.Message{{Role: relay.RoleUser, Text: tourPrompt}},
	}
	if err := app.Workers.Submit(req); err != nil {
		return fail(exitFailed, err)
	}
	r := wait(ctx, app, id, end)
	fmt.Fprintf(out, "%s\n", r.Text)
	if err := out.Flush(); err != nil {
		return fail(exitFailed, err)
	}
	c.console.facts(r)
	if r.Status == relay.StatusCancelled {
		return &exit{code: exitCancelled}
	}
	fmt.Fprint(out, "\n2 batch: the built-in sample\n")
	// all at once: a tour should be short
	run, err := app.Store.Runs().Start(job.Options{Sample: true, Concurrency: 20})
	if err != nil {
		return fail(exitFailed, err)
	}
	w := newFollower(c.console, app)
	w.id = run
	defer w.close()
	h := w.wait(ctx)
	printRun(c.console.stdout(), &h, c.config.flags.again())
	v := app.Store.Metrics().View(meter.Run, 1)
	fmt.Fprintf(out, "\n3 metrics\n%s", figures(&v.Figures))
	for _, m := range v.Models {
		fmt.Fprintf(out, "  %-20s %3d requests  TTFT p50 %s\n", m.Key, m.Requests, shortDuration(m.TTFT.P50))
	}
	fmt.Fprint(out, "\nIn a terminal `relaytop` opens the dashboard. Your own relay: export HOLYSHEEP_API_KEY=... or "+
		"OPENAI_API_KEY=...\n")
	if err := out.Flush(); err != nil {
		return fail(exitFailed, err)
	}
	if ctx.Err() != nil {
		return &exit{code: exitInterrupted}
	}
	return nil
}

// figures are the metrics as lines.
func figures(f *meter.Figures) string {
	s := fmt.Sprintf("  req/s %.2f · tok/s %.0f · err %.1f%%\n", f.ReqPerSec, f.TokPerSec, 100*f.ErrorRate)
	if f.TTFT.N > 0 {
		s += fmt.Sprintf("  TTFT p50 %s · p95 %s · E2E p50 %s (n %d)\n", shortDuration(f.TTFT.P50),
			shortDuration(f.TTFT.P95), shortDuration(f.E2E.P50), f.TTFT.N)
	}
	cost := f.Cost.Dollars()
	if f.Simulated {
		cost += " simulated"
	}
	return s + "  cost " + cost + "\n"
}
