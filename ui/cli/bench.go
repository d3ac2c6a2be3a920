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

// The defaults: figures of two relays can be compared if both were measured with them.
const (
	benchPrompt   = "Explain quantum entanglement in one paragraph."
	benchModel    = "deepseek-v3.2"
	benchRequests = 50
	benchWarmup   = 1
	mostAtOnce    = 10_000
)

// LoadPlan is what a load generator is asked to send; main turns it into the generator's own options.
type LoadPlan struct {
	Request     relay.Request
	N           int        // measured requests
	Concurrency int        // in flight at the same time
	Warmup      int        // requests before the clock starts
	WarmupSink  relay.Sink // receives the events of warm-ups, except tokens
	Sink        relay.Sink // receives the events of measured requests, except tokens
}

// Load is one run of a load generator.
type Load interface {
	// Sink must receive the engine's events.
	Sink(relay.Event)
	// Run returns when every request has ended. A context that ends is not an error.
	Run(ctx context.Context, e interface {
		Submit(relay.Request) error
		Cancel(relay.ID)
	}) error
	// Lag is how late this machine sent the measured requests, from n samples.
	Lag() (p50, p99 time.Duration, n int64)
}

type benchFlags struct {
	n, concurrency, warmup int
	prompt                 string
	asJSON                 bool
	paramFlags
}

// benchCommand is `relaytop bench`.
type benchCommand struct {
	console *console
	config  *loader
	engine  *starter
	load    func(LoadPlan) (Load, error)
	version string // of the program, in the result
}

func (c *benchCommand) command() *cobra.Command {
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
			if err := errors.Join(c.check(&f), f.readParams(cmd.Flags())); err != nil {
				return fail(exitUsage, err)
			}
			return c.run(cmd.Context(), &f)
		},
	}
	fl := cmd.Flags()
	fl.IntVarP(&f.n, "requests", "n", benchRequests, "requests to measure")
	fl.IntVarP(&f.concurrency, "concurrency", "c", 1, "requests in flight at the same time")
	fl.IntVar(&f.warmup, "warmup", benchWarmup, "requests before the clock starts")
	fl.StringVar(&f.prompt, "prompt", benchPrompt, "prompt to send")
	f.bindParams(fl)
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	c.config.flags.bindMetrics(fl)
	return cmd
}

func (c *benchCommand) check(f *benchFlags) error {
	switch {
	case f.n < 1:
		return fmt.Errorf("-n must be at least 1, not %d", f.n)
	case f.concurrency < 1 || f.concurrency > mostAtOnce:
		return fmt.Errorf("-c must be a number from 1 to %d, not %d", mostAtOnce, f.concurrency)
	case f.warmup < 0:
		return fmt.Errorf("--warmup must be 0 or more, not %d", f.warmup)
	case strings.TrimSpace(f.prompt) == "":
		return errors.New("--prompt is empty")
	case strings.Contains(c.config.flags.model, ","):
		return errors.New("bench measures one model at a time: -m MODEL")
	}
	return nil
}

// run measures and prints. The result goes to stdout even after an interrupt: those requests were paid for.
func (c *benchCommand) run(ctx context.Context, f *benchFlags) error {
	b := newBench()
	load, app, err := c.open(ctx, f, b)
	if err != nil {
		return err
	}
	defer c.engine.close(app)
	announce(c.console, app, b)
	runErr := c.measure(ctx, app, load, b)
	o := b.object(load, c.version)
	if f.asJSON {
		err = c.console.writeJSON(o)
	} else {
		err = printBench(c.console.stdout(), &o, b)
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

// open builds the load generator, then the engine whose events go to it.
func (c *benchCommand) open(ctx context.Context, f *benchFlags, b *bench) (Load, *App, error) {
	model := c.config.flags.model
	if model == "" {
		cfg, err := c.config.load()
		if err != nil {
			return nil, nil, err
		}
		if model = benchModel; cfg.ModelIsSet() {
			model = cfg.DefaultModel
		}
	}
	params := f.apply(relay.DefaultParams())
	req := relay.Request{Model: model, Params: params, Messages: []relay.Message{{Role: relay.RoleUser, Text: f.prompt}}}
	load, err := c.load(LoadPlan{
		Request:     req,
		N:           f.n,
		Concurrency: f.concurrency,
		Warmup:      f.warmup,
		WarmupSink:  b.warmed,
		Sink:        b.measured,
	})
	if err != nil {
		return nil, nil, fail(exitUsage, err)
	}
	c.engine.scraped = true
	app, err := c.engine.openToSpend(ctx, load.Sink)
	if err != nil {
		return nil, nil, err
	}
	app.Workers.ResizeOtherLanes(f.concurrency)
	b.config = benchConfig{
		Model:       model,
		Relay:       relayNames(app),
		N:           f.n,
		Concurrency: f.concurrency,
		Warmup:      f.warmup,
		Prompt:      f.prompt,
		Params:      params,
	}
	return load, app, nil
}

// relayNames names the endpoints that the requests may go to.
func relayNames(app *App) string {
	var names []string
	for _, e := range app.Config.Relay.Endpoints {
		names = append(names, e.Name)
	}
	if app.demo() || len(names) == 0 {
		return "the simulated relay"
	}
	return strings.Join(names, ", ")
}

// measure runs the load and shows its progress.
func (c *benchCommand) measure(ctx context.Context, app *App, load Load, b *bench) error {
	bar := c.console.progress()
	defer bar.end()
	end := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				end <- fmt.Errorf("a bug in relaytop: %v", v)
			}
		}()
		end <- load.Run(ctx, app.Workers)
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
