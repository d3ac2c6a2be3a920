package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"relaytop/relay"
)

// The defaults: figures of two relays can be compared if both were measured with them.
const (
	benchPrompt   = "Explain quantum entanglement in one paragraph."
	benchModel    = "deepseek-v3.2"
	benchRequests = 50
	benchWarmup   = 1
	mostAtOnce    = 10_000
	mostRate      = 100_000 // requests a second
)

// The values of --arrivals.
const (
	arriveConstant = "constant"
	arrivePoisson  = "poisson"
)

// LoadPlan is what a load generator is asked to send; main turns it into the generator's own options.
type LoadPlan struct {
	Request     relay.Request
	N           int        // measured requests
	Concurrency int        // in flight at the same time; of an open loop, only for warm-ups
	Rate        float64    // requests a second of an open loop; 0: a closed loop
	Poisson     bool       // an open loop sends as independent clients do, not with the same time between any two
	Most        int        // in flight in an open loop
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
		ResizeOtherLanes(int)
	}) error
	// Lag is how late this machine sent the measured requests, from n samples.
	Lag() (p50, p99 time.Duration, n int64)
}

type benchFlags struct {
	n, concurrency, warmup int
	rate                   float64
	arrivals               string
	prompt                 string
	force                  bool
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

			-c keeps that many requests in flight: a closed loop. --rate sends that many a second, however long the
			answers take: an open loop. ` + "`queue`" + ` is then how late they were sent.

			Requests cost what they always cost. The expected cost is printed before the first request is sent.

			Exit status:
			  0  measured
			  1  every request failed
			  2  wrong use; nothing was sent
			  5  interrupted; what was measured is printed`,
		Example: `
			relaytop bench -n 200 -c 10 -m gpt-4.1-mini
			relaytop bench -n 600 --rate 10 --arrivals poisson
			relaytop bench --json > before.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := errors.Join(c.check(&f, cmd.Flags()), f.readParams(cmd.Flags())); err != nil {
				return fail(exitUsage, err)
			}
			return c.run(cmd.Context(), &f)
		},
	}
	fl := cmd.Flags()
	fl.IntVarP(&f.n, "requests", "n", benchRequests, "requests to measure")
	fl.IntVarP(&f.concurrency, "concurrency", "c", 1, "requests in flight at the same time")
	fl.Float64Var(&f.rate, "rate", 0, "requests a second, whatever is in flight")
	fl.StringVar(&f.arrivals, "arrivals", arriveConstant,
		"with --rate, the time between two requests: constant, or poisson, as from independent clients")
	fl.BoolVar(&f.force, "force", false, "allow a -c above the concurrency that the configuration sets")
	fl.IntVar(&f.warmup, "warmup", benchWarmup, "requests before the clock starts")
	fl.StringVar(&f.prompt, "prompt", benchPrompt, "prompt to send")
	f.bindParams(fl)
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	c.config.flags.bindMetrics(fl)
	return cmd
}

func (c *benchCommand) check(f *benchFlags, given *pflag.FlagSet) error {
	switch {
	case given.Changed("rate") && !(f.rate > 0 && f.rate <= mostRate):
		return fmt.Errorf("--rate must be above 0 and at most %d requests a second, not %v", mostRate, f.rate)
	case given.Changed("rate") && given.Changed("concurrency"):
		return errors.New("-c keeps requests in flight and --rate sends by the clock: give one of them")
	case f.arrivals != arriveConstant && f.arrivals != arrivePoisson:
		return fmt.Errorf("--arrivals must be constant or poisson, not %q", f.arrivals)
	case given.Changed("arrivals") && !given.Changed("rate"):
		return errors.New("--arrivals needs --rate")
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
		Rate:        f.rate,
		Poisson:     f.arrivals == arrivePoisson,
		Most:        mostAtOnce,
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
	if err := c.checkLimit(app, f); err != nil {
		c.engine.close(app)
		return nil, nil, err
	}
	app.Workers.ResizeOtherLanes(f.concurrency)
	b.config = benchConfig{
		Model:       model,
		Relay:       relayNames(app),
		N:           f.n,
		Concurrency: f.concurrency,
		Rate:        rateIf(f.rate),
		Arrivals:    arrivalsIf(f),
		Warmup:      f.warmup,
		Prompt:      f.prompt,
		Params:      params,
	}
	return load, app, nil
}

// checkLimit refuses a concurrency above that of the endpoints, if the configuration sets one for each of them.
func (c *benchCommand) checkLimit(app *App, f *benchFlags) error {
	if most := concurrencySet(app); most > 0 && f.concurrency > most && !f.force {
		return fail(exitUsage, fmt.Errorf("-c %d is above the %s that the configuration allows at the same time "+
			"(concurrency); with --force the others wait for their turn", f.concurrency, relay.Counted(most, "request")))
	}
	return nil
}

// concurrencySet is how many requests the endpoints may have in flight together; 0: at least one sets no limit.
func concurrencySet(app *App) (most int) {
	for _, e := range app.Config.Relay.Endpoints {
		if e.Concurrency == 0 {
			return 0
		}
		most += e.Concurrency
	}
	return most
}

// rateIf is the rate of an open loop; nil: it is a closed loop.
func rateIf(rate float64) *float64 {
	if rate == 0 {
		return nil
	}
	return &rate
}

// arrivalsIf names the arrivals of an open loop; nil: it is a closed loop.
func arrivalsIf(f *benchFlags) *string {
	if f.rate == 0 {
		return nil
	}
	return &f.arrivals
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
