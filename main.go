// Relaytop is a terminal dashboard for people who send their LLM traffic through an OpenAI-compatible relay. This
// file wires its parts together: it is the only one that knows them all.
package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"relaytop/relay"
	"relaytop/relay/cache"
	"relaytop/relay/engine"
	"relaytop/relay/load"
	"relaytop/relay/openai"
	"relaytop/relay/price"
	"relaytop/relay/probe"
	"relaytop/relay/retry"
	"relaytop/relay/sim"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/budget"
	"relaytop/state/config"
	"relaytop/state/job"
	"relaytop/ui/cli"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP,
		syscall.SIGQUIT)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(cli.Execute(ctx, cli.Build{
		Version: version,
		Parts:   parts{},
		Release: stop,
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
	}, os.Args[1:]))
}

// parts implements cli.Parts with the concrete packages.
type parts struct{}

// Open starts the engine and the state.
func (parts) Open(
	ctx context.Context, cfg *config.Config, also relay.Sink, migrating func(done, total int64),
) (*cli.App, error) {
	app := &cli.App{Config: cfg}
	if err := start(app, also, migrating); err != nil {
		_ = app.Close(ctx) // the first error is the one to report
		return nil, err
	}
	return app, nil
}

// start starts the parts in order. app holds those that were started, also after an error.
func start(app *cli.App, also relay.Sink, migrating func(done, total int64)) error {
	cfg := app.Config
	endpoints, simulated, err := endpointsOf(cfg)
	if err != nil {
		return err
	}
	app.Sim = simulated
	kept, err := archive.Open(cfg.Paths.DB(cfg.Relay.Demo), archive.Options{Demo: cfg.Relay.Demo, Migrating: migrating})
	if err != nil {
		return err
	}
	app.Archive = kept
	if err := job.Reconcile(cfg.Paths.Runs(cfg.Relay.Demo), kept); err != nil {
		return err
	}
	day, bad := budget.New(cfg.BudgetDay, kept, nil)
	sends, err := engine.New(engineOptions(cfg, endpoints, kept))
	if err = errors.Join(bad, err); err != nil {
		return err
	}

	day.SetPrices(sends)
	store, runs, err := startState(cfg, endpoints[0].Name, kept, day, sends.Forecast(), func(model string) bool {
		if !sends.Priced(model) {
			sends.AwaitPrice(model)
		}
		return sends.Priced(model)
	})
	if err != nil {
		return err
	}
	app.Store, app.Runs = store, runs
	carryBatches(runs, store, day, sends)

	workers, err := sends.Start(day.Watch(func(e relay.Event) { store.Apply(e); also(e) }),
		func(r *relay.Request) error {
			return cmp.Or(day.Check(append([]string{r.Model}, r.Fallback...)...), runs.CheckRow(r.ID))
		},
		func(r *relay.Request) error { return runs.Sending(r.ID) })
	if err != nil {
		return err
	}
	app.Workers, app.Relays = workers, sends
	runs.SetEngine(workers)
	store.SetEngine(workers)
	return nil
}

// startState makes the store and the batch runs, which it shows.
func startState(
	cfg *config.Config, endpoint string, kept *archive.Archive, day *budget.Day, price relay.Forecast,
	priced func(model string) bool,
) (*state.Store, *job.Book, error) {
	store := state.New(state.Options{
		Archive:  kept,
		Budget:   day,
		Cache:    cfg.Caches(),
		Demo:     cfg.Relay.Demo,
		Relay:    endpoint,
		Model:    cfg.DefaultModel,
		Fallback: cfg.Fallback,
		Params:   relay.DefaultParams(),
		Price:    price,
	})
	kept.OnError(store.Ledger)
	runs, err := job.NewBook(job.Config{
		Dir:      cfg.Paths.Runs(cfg.Relay.Demo),
		Model:    cfg.BatchModel(),
		Params:   relay.DefaultParams(),
		OnChange: store.Touch,
		MaxHold:  cfg.MaxHold,
		Version:  version,
		Price:    price,
		Priced:   priced,
		Measured: kept.Measured,
		Ledger:   kept,
		Cache:    cfg.Caches(),
		NoStream: cfg.NoStream,
		Parts: job.PartLimits{Rows: cfg.BatchPartRows, Bytes: int64(cfg.BatchPartMB) * 1_000_000,
			PollMin: cfg.BatchPoll},
	})
	if err != nil {
		return nil, nil, err
	}
	store.SetRuns(runs)
	return store, runs, nil
}

// carryBatches gives the runs the batch endpoints of the relays. What came by one of them counts in the day's budget.
func carryBatches(
	runs *job.Book, store *state.Store, day *budget.Day, sends *engine.Engine,
) {
	var list []job.Provider
	for _, p := range sends.Providers(day.Check) {
		list = append(list, p)
	}
	count := day.Watch(func(e relay.Event) {
		if e.Kind != relay.Done { // a notice of the budget
			store.Apply(e)
		}
	})
	runs.SetProviders(list, func(_ string, res *relay.Result) {
		count(relay.Event{Kind: relay.Done, ID: res.ID, Lane: res.Lane, Result: res})
		store.Bill(res)
	})
}

// engineOptions takes from the configuration what concerns sending.
func engineOptions(cfg *config.Config, endpoints []relay.Endpoint, kept *archive.Archive) engine.Options {
	return engine.Options{
		Endpoints:    endpoints,
		Version:      version,
		Store:        kept,
		PriceFile:    cfg.PriceFile,
		PriceMaxAge:  cfg.PriceMaxAge,
		Route:        cfg.Route,
		Retry:        retryPolicy(cfg),
		Cache:        cache.Options{MaxBytes: int64(cfg.CacheMaxMB) << 20, MaxAge: cfg.CacheMaxAge, Any: cfg.CacheAny},
		Workers:      cfg.MaxConcurrent,
		MaxTotal:     2 * cfg.RequestTimeout,
		RequestLimit: cfg.RequestLimit,
	}
}

// retryPolicy is the default policy with what the configuration sets. A wait that is set to 0 is 0.
func retryPolicy(cfg *config.Config) retry.Policy {
	p := retry.Default()
	p.Attempts, p.Base, p.MaxWait, p.MaxHold = cfg.RetryAttempts, cfg.RetryBackoff, cfg.MaxWait, cfg.MaxHold
	return p
}

// endpointsOf returns the configured relays, or starts the simulated one, which the caller closes.
func endpointsOf(cfg *config.Config) ([]relay.Endpoint, io.Closer, error) {
	if cfg.Relay.Demo {
		s, err := sim.Start(context.Background(), sim.Options{Seed: 1})
		if err != nil {
			return nil, nil, err
		}
		e := relay.Endpoint{Name: "sim", Kind: relay.KindSim, BaseURL: s.URL(), Timeout: cfg.RequestTimeout}
		return []relay.Endpoint{e}, s, nil
	}
	var list []relay.Endpoint
	for _, e := range cfg.Relay.Endpoints {
		list = append(list, relay.Endpoint{
			Name:        e.Name,
			Kind:        e.Kind,
			BaseURL:     e.BaseURL,
			Key:         relay.Secret(e.Key.Reveal()),
			KeyEnv:      e.KeyEnv(),
			Headers:     e.RevealHeaders(),
			Models:      e.Models,
			Weight:      e.Weight,
			RPM:         e.RPM,
			TPM:         e.TPM,
			AssumedRPM:  e.AssumedRPM,
			AssumedTPM:  e.AssumedTPM,
			RPMSetting:  e.RPMSetting,
			TPMSetting:  e.TPMSetting,
			Concurrency: e.Concurrency,
			Timeout:     cmp.Or(e.Timeout, cfg.RequestTimeout),
			AllowHTTP:   e.AllowHTTP,
			NoRequestID: e.NoRequestID,
			CAFile:      e.CAFile,
		})
	}
	return list, nil, nil
}

// Doctor checks each configured relay.
func (parts) Doctor(ctx context.Context, cfg *config.Config, pay relay.Spending) ([]relay.Check, error) {
	prices := price.New()
	if err := prices.ReadUser(cfg.PriceFile); err != nil {
		return nil, err
	}
	endpoints, simulated, err := endpointsOf(cfg)
	if err != nil {
		return nil, err
	}
	checks := probe.All(ctx, endpoints, probe.Options{
		Version: version,
		Model:   cfg.DefaultModel,
		Prices:  prices,
		Pay:     pay,
		Timeout: cfg.RequestTimeout,
	})
	if simulated != nil {
		err = simulated.Close()
	}
	return checks, err
}

// Connect tests a relay.
func (parts) Connect(
	ctx context.Context, e relay.Endpoint, model string, pay relay.Spending,
) (relay.Connection, error) {
	return probe.Connect(ctx, e, model, pay)
}

// CleanURL corrects a base URL, or says what is wrong with it.
func (parts) CleanURL(raw string, allowHTTP bool) (string, error) {
	return openai.CleanURL(raw, allowHTTP)
}

// Load makes a load generator.
func (parts) Load(p cli.LoadPlan) (cli.Load, error) { return load.New(load.Options(p)) }

// Sim runs only the simulated relay.
func (parts) Sim(f cli.SimFlags) (cli.Sim, error) {
	rates, bad := sim.ParseErrors(f.Errors)
	usage, err := sim.ParseUsage(f.Usage)
	if err = errors.Join(bad, err); err != nil {
		return nil, err
	}
	return sim.Start(context.Background(), sim.Options{
		Listen:      f.Listen,
		Seed:        f.Seed,
		TTFT:        f.TTFT,
		ITL:         f.ITL,
		Jitter:      f.Jitter,
		Tokens:      f.Tokens,
		ChunkTokens: f.ChunkTokens,
		Errors:      rates,
		RPM:         f.RPM,
		Concurrency: f.Concurrency,
		Usage:       usage,
		CostField:   f.CostField,
		Key:         f.Key,
		BatchPace:   f.BatchPace,
	})
}
