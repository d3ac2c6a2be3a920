package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
)

// What is measured if nothing else is asked for: figures of different relays can be compared without a word about how they came about.
const (
	benchPrompt   = "Explain quantum entanglement in one paragraph."
	benchModel    = "deepseek-v3.2"
	benchRequests = 50
	benchWarmup   = 1
	mostAtOnce    = 10_000
)

// LoadPlan is what a load generator is asked for; main turns it into the generator's own options.
type LoadPlan struct {
	Request     relay.Request
	N           int        // measured requests
	Concurrency int        // under way at the same time
	Warmup      int        // requests before the clock starts
	Warm        relay.Sink // the events of warm-ups, but for their tokens
	Measured    relay.Sink // the same of measured requests
}

// Load is one run of a load generator.
type Load interface {
	// Sink must get the engine's events.
	Sink(relay.Event)
	// Run returns when everything that was sent has ended; a context that ends is no error.
	Run(ctx context.Context, e interface {
		Submit(relay.Request) error
		Cancel(relay.ID)
	}) error
	// Lag is how late this machine itself sent the measured requests; n samples.
	Lag() (p50, p99 time.Duration, n int64)
}

type benchFlags struct {
	n, concurrency, warmup int
	prompt                 string
	asJSON                 bool
	paramFlags
}

func (c *command) bench() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure a relay: latency, errors, cost",
		Long: `
			Sends the same prompt again and again and prints latency, errors and cost. Each request is one attempt: no
			retry, no fallback, no cache, no pacing.

			Requests cost what they always cost. The expected cost is printed before the first request is sent.

			Exit status:
			  0  measured
			  1  every request failed
			  2  wrong use; nothing was sent
			  5  interrupted; what was measured is printed`,
		Example: `
			relaytop bench -n 200 -c 10 -m gpt-4.1-mini
			relaytop bench --json > before.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(c.checkBench(&f), f.readParams(cmd.Flags())); err != nil {
				return fail(exitUsage, err)
			}
			return c.runBench(cmd.Context(), &f)
		},
	}
	fl := cmd.Flags()
	fl.IntVarP(&f.n, "requests", "n", benchRequests, "requests to measure")
	fl.IntVarP(&f.concurrency, "concurrency", "c", 1, "requests under way at the same time")
	fl.IntVar(&f.warmup, "warmup", benchWarmup, "requests before the clock starts")
	fl.StringVar(&f.prompt, "prompt", benchPrompt, "what is asked")
	f.bindParams(fl)
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	return cmd
}

func (c *command) checkBench(f *benchFlags) error {
	switch {
	case f.n < 1:
		return fmt.Errorf("-n wants a number of requests from 1 on, not %d", f.n)
	case f.concurrency < 1 || f.concurrency > mostAtOnce:
		return fmt.Errorf("-c wants a number from 1 to %d, not %d", mostAtOnce, f.concurrency)
	case f.warmup < 0:
		return fmt.Errorf("--warmup wants a number from 0 on, not %d", f.warmup)
	case strings.TrimSpace(f.prompt) == "":
		return errors.New("--prompt is empty")
	case strings.Contains(c.flags.model, ","):
		return errors.New("one model at a time: -m MODEL")
	}
	return nil
}

// runBench measures and prints. The result stands on stdout even if it is interrupted: those requests were paid for.
func (c *command) runBench(ctx context.Context, f *benchFlags) error {
	b := newBench()
	load, app, err := c.openBench(ctx, f, b)
	if err != nil {
		return err
	}
	defer c.close(app)
	c.announce(app, b)
	runErr := c.measure(ctx, app, load, b)
	o := b.object(load, c.Version)
	if f.asJSON {
		err = c.writeJSON(o)
	} else {
		err = c.benchTable(&o, b)
	}
	switch {
	case runErr != nil:
		return fail(exitFailed, runErr)
	case err != nil:
		return fail(exitFailed, err)
	case ctx.Err() != nil && o.N < f.n:
		return fail(exitInterrupted, fmt.Errorf("interrupted: %d of %d requests were measured", o.N, f.n))
	case o.OK == 0:
		return fail(exitFailed, fmt.Errorf("all %d requests failed", o.N))
	}
	return nil
}

// openBench makes the generator, then the engine whose events go to it.
func (c *command) openBench(ctx context.Context, f *benchFlags, b *bench) (Load, *App, error) {
	model := c.flags.model
	if model == "" {
		model = benchModel
	}
	params := f.apply(relay.DefaultParams())
	req := relay.Request{Model: model, Params: params, Messages: []relay.Message{{Role: "user", Text: f.prompt}}}
	load, err := c.Load(LoadPlan{Request: req, N: f.n, Concurrency: f.concurrency, Warmup: f.warmup, Warm: b.warmed, Measured: b.measured})
	if err != nil {
		return nil, nil, fail(exitUsage, err)
	}
	app, err := c.openToSpend(ctx, load.Sink)
	if err != nil {
		return nil, nil, err
	}
	app.Resize(f.concurrency)
	b.config = benchConfig{Model: model, Relay: relayNames(app), N: f.n, Concurrency: f.concurrency, Warmup: f.warmup, Prompt: f.prompt, Params: params}
	return load, app, nil
}

// relayNames are the endpoints that the requests may go to.
func relayNames(app *App) string {
	var names []string
	for _, e := range app.Config.Relay.Endpoints {
		names = append(names, e.Name)
	}
	if app.Demo || len(names) == 0 {
		return "the simulated relay"
	}
	return strings.Join(names, ", ")
}

// measure runs the load and tells how far it is.
func (c *command) measure(ctx context.Context, app *App, load Load, b *bench) error {
	bar := c.progress()
	defer bar.end()
	end := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				end <- fmt.Errorf("a mistake in relaytop: %v", v)
			}
		}()
		end <- load.Run(ctx, app.Engine)
	}()
	for {
		select {
		case err := <-end:
			return err
		case <-bar.ticker.C:
			bar.show(b.progress())
		}
	}
}
