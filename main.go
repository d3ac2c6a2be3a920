// Relaytop is a terminal dashboard for people who send their LLM traffic through an OpenAI-compatible relay. This
// file wires its parts together: it is the only one that knows them all.
package main

import (
	"cmp"
	"context"
	"errors"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(cli.Execute(ctx, cli.Build{
		Version:  version,
		Open:     open,
		Sim:      simulate,
		Load:     func(p cli.LoadPlan) (cli.Load, error) { return load.New(load.Options(p)) },
		Doctor:   doctor,
		Connect:  probe.Connect,
		CleanURL: openai.CleanURL,
		Release:  stop,
		Stdin:    os.Stdin,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
	}, os.Args[1:]))
}

// open starts the engine and the state. They are closed in reverse order: engine, journals, archive, simulated relay.
func open(ctx context.Context, cfg *config.Config, also relay.Sink) (app *cli.App, err error) {
	var closers cli.Closers
	defer func() {
		if err != nil {
			_ = closers.Close(ctx) // the first error is the one to report
		}
	}()
	endpoints, err := endpointsOf(cfg, &closers)
	if err != nil {
		return nil, err
	}
	kept, err := archive.Open(cfg.Paths.DB(cfg.Relay.Demo), archive.Options{Demo: cfg.Relay.Demo})
	if err != nil {
		return nil, err
	}
	closers.Add(kept.Close)
	day, bad := budget.New(cfg.BudgetDay, kept, nil)
	sends, err := engine.New(engineOptions(cfg, endpoints, kept))
	if err = errors.Join(bad, err); err != nil {
		return nil, err
	}

	store, runs, err := startState(cfg, endpoints[0].Name, kept, day, sends.Forecast())
	if err != nil {
		return nil, err
	}
	closers.Add(store.Close)

	workers, err := sends.Start(day.Watch(func(e relay.Event) { store.Apply(e); also(e) }), day.Check)
	if err != nil {
		return nil, err
	}
	closers.Add(workers.Close)
	closers.Add(func(context.Context) error { runs.Quiet(); return nil }) // rows stop being sent before the pool closes
	runs.SetEngine(workers)
	store.SetEngine(workers)
	return &cli.App{
		Config:   cfg,
		Engine:   workers,
		Store:    store,
		Runs:     runs,
		Archive:  kept,
		Model:    cfg.DefaultModel,
		Fallback: cfg.Fallback,
		Params:   relay.DefaultParams(),
		Demo:     cfg.Relay.Demo,
		Models:   sends.Models,
		Prices:   sends.RefreshPrices,
		Forecast: sends.Forecast(),
		Resize:   workers.ResizeBesideChats,
		Close:    closers.Close,
	}, nil
}

// startState makes the store and the batch runs, which it shows.
func startState(
	cfg *config.Config, endpoint string, kept *archive.Archive, day *budget.Day, price job.Price,
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
		Version:  version,
		Price:    price,
		Cache:    cfg.Caches(),
	})
	if err != nil {
		return nil, nil, err
	}
	store.SetRuns(runs)
	return store, runs, nil
}

// engineOptions are what the configuration says about sending.
func engineOptions(cfg *config.Config, endpoints []relay.Endpoint, kept *archive.Archive) engine.Options {
	return engine.Options{
		Endpoints:   endpoints,
		Version:     version,
		Store:       kept,
		PriceFile:   cfg.PriceFile,
		PriceMaxAge: cfg.PriceMaxAge,
		Route:       cfg.Route,
		Retry:       retry.Policy{Attempts: cfg.RetryAttempts, Base: cfg.RetryBackoff, MaxWait: cfg.MaxWait},
		Cache:       cache.Options{MaxBytes: int64(cfg.CacheMaxMB) << 20, MaxAge: cfg.CacheMaxAge, Any: cfg.CacheAny},
		Workers:     cfg.MaxConcurrent,
		MaxTotal:    2 * cfg.RequestTimeout,
		Whole:       cfg.RequestLimit,
	}
}

// endpointsOf returns the configured relays, or starts the simulated one.
func endpointsOf(cfg *config.Config, closers *cli.Closers) ([]relay.Endpoint, error) {
	if cfg.Relay.Demo {
		s, err := sim.Start(context.Background(), sim.Options{Seed: 1})
		if err != nil {
			return nil, err
		}
		closers.Add(func(context.Context) error { return s.Close() })
		return []relay.Endpoint{{Name: "sim", Kind: "sim", BaseURL: s.URL(), Timeout: cfg.RequestTimeout}}, nil
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
			Concurrency: e.Concurrency,
			Timeout:     cmp.Or(e.Timeout, cfg.RequestTimeout),
			AllowHTTP:   e.AllowHTTP,
			NoRequestID: e.NoRequestID,
			CAFile:      e.CAFile,
		})
	}
	return list, nil
}

// doctor checks each configured relay.
func doctor(ctx context.Context, cfg *config.Config, pay relay.Spending) (checks []relay.Check, err error) {
	closers, prices := cli.Closers{}, price.New()
	endpoints, err := endpointsOf(cfg, &closers)
	if err = errors.Join(err, prices.ReadUser(cfg.PriceFile)); err == nil { // else nothing is sent
		checks = probe.All(ctx, endpoints, probe.Options{
			Version: version,
			Model:   cfg.DefaultModel,
			Prices:  prices,
			Pay:     pay,
			Timeout: cfg.RequestTimeout,
		})
	}
	return checks, errors.Join(err, closers.Close(context.WithoutCancel(ctx)))
}

// simulate runs only the simulated relay.
func simulate(f cli.SimFlags) (*cli.Sim, error) {
	rates, bad := sim.ParseErrors(f.Errors)
	usage, err := sim.ParseUsage(f.Usage)
	if err = errors.Join(bad, err); err != nil {
		return nil, err
	}
	s, err := sim.Start(context.Background(), sim.Options{
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
	})
	if err != nil {
		return nil, err
	}
	return &cli.Sim{URL: s.URL(), Close: s.Close}, nil
}
