package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"relaytop/relay"
	"relaytop/state/job"
)

// providerFlags are about the batch endpoint of a provider.
type providerFlags struct {
	provider bool
	detach   bool
}

func (f *providerFlags) bindProvider(set *pflag.FlagSet) {
	set.BoolVar(&f.provider, "provider-batch", false,
		"send the rows as batches of the provider: half the price at most of them, done within 24 hours; a resumed run "+
			"keeps its way, and --provider-batch=false sends the rest of it through the pool")
	set.BoolVar(&f.detach, "detach", false,
		"with --provider-batch, return as soon as the provider has every row; relaytop batch resume RUN fetches the "+
			"answers")
}

// carrier is what the flags say about how the rows go; "": a resumed run keeps its way.
func (f *batchFlags) carrier(set *pflag.FlagSet) (job.Carrier, error) {
	carrier := job.Carrier("")
	switch {
	case f.provider:
		carrier = job.ByProvider
	case set.Changed("provider-batch"):
		carrier = job.ByPool
	}
	if f.detach && (carrier == job.ByPool || carrier == "" && f.opts.Resume == "") {
		return carrier, errors.New("--detach leaves the rows with a provider: use it with --provider-batch")
	}
	return carrier, nil
}

// checkProvider refuses a run for which no provider has batches, before anything is sent.
func checkProvider(ctx context.Context, app *App, o *job.Options) error {
	if o.Carrier != job.ByProvider {
		return nil
	}
	if len(o.Fallback) > 0 {
		return fail(exitUsage, errors.New("a provider's batch asks one model: use --provider-batch without --fallback"))
	}
	if o.Resume != "" {
		return nil // it may have a provider already
	}
	api := app.Runs.BatchAPI(ctx, o.Model)
	switch {
	case api.Err != nil:
		return fail(exitFailed, fmt.Errorf("asking %s for its batches: %w", api.Provider, api.Err))
	case !api.Available:
		return fail(exitUsage, fmt.Errorf("--provider-batch can't be used: %s; nothing was sent", api.Reason))
	}
	return nil
}

// interrupt stops a run in a way that can be resumed: rows that a provider has stay there.
func interrupt(app *App, h *job.Header) error {
	if h.Carrier == job.ByProvider && h.State != job.Reading {
		return app.Store.Runs().Pause(h.ID)
	}
	return app.Store.Runs().Cancel(h.ID)
}

// left reports whether a run rests while a provider has rows of it.
func left(h *job.Header) bool {
	return h.State == job.Paused && h.Stopped == job.StopUser && h.Provider.Open > 0 && h.Provider.Unsent == 0
}

// providerLine is the progress of a run that a provider carries, in words.
func providerLine(h *job.Header, now time.Time) string {
	p := &h.Provider
	line := fmt.Sprintf("%d/%d rows  %s: %s", h.Done(), h.Rows, p.Endpoint, p.Doing())
	if p.Open > 1 {
		line += fmt.Sprintf("  %d of %d parts", p.Open, p.Parts)
	}
	if p.Answered > 0 {
		line += fmt.Sprintf("  %d of %d answered, as it counts", p.Answered, p.Rows)
	}
	if left := p.Next.Sub(now); !p.Next.IsZero() && left >= time.Second {
		line += "  next poll in " + relay.Seconds(left)
	}
	if p.Note != "" {
		line += "  (" + p.Note + ")"
	}
	return line
}

// providerObject says in JSON what the batches of a run do.
type providerObject struct {
	Endpoint string     `json:"endpoint"`
	Phase    *string    `json:"phase"`
	Parts    int        `json:"parts"`
	Open     int        `json:"open_parts"`
	Rows     int        `json:"rows"`
	Answered int        `json:"answered"`
	Expires  *time.Time `json:"expires"`
}

// providerOf is null for a run without batches.
func providerOf(p *job.ProviderState) *providerObject {
	if p.Endpoint == "" {
		return nil
	}
	return &providerObject{Endpoint: p.Endpoint, Phase: orNull(p.Doing()), Parts: p.Parts, Open: p.Open, Rows: p.Rows,
		Answered: p.Answered, Expires: orNull(p.Expires)}
}

// printParts lists the parts of a run that a provider carries.
func printParts(out *output, parts []job.Part) error {
	if len(parts) == 0 {
		return nil
	}
	t := newTable(
		column{title: "PART", kind: number},
		column{title: "ROWS", kind: number},
		column{title: "PHASE", kind: whole},
		column{title: "ANSWERED", kind: number},
		column{title: "MODEL"},
		column{title: "PROVIDER"},
		column{title: "BATCH"},
	)
	for i := range parts {
		p := &parts[i]
		t.row(fmt.Sprint(p.N), fmt.Sprint(p.Rows), p.Doing(), fmt.Sprint(p.Answered), p.Model, p.Provider, p.Batch)
	}
	return t.print(out)
}

// shownObject is what `batch show --json` prints.
type shownObject struct {
	runObject
	Parts []job.Part `json:"parts"`
}

// apiOf says whether a provider's batches can be used, and what they would cost. What could not be asked is null.
func apiOf(p *job.Plan, api job.BatchAPI) planAPI {
	o := planAPI{Reason: api.Reason, Provider: orNull(api.Provider), Cost: planCost{Source: relay.SourceUnknown}}
	switch {
	case api.Err != nil:
		o.Reason = api.Err.Error()
		return o
	case api.Available:
		o.Reason = "it answers at /files and /batches"
	}
	o.Available = &api.Available
	if b := &p.Batch; b.Priced && api.Available {
		o.Cost = planCost{Min: amount(&b.Min), Likely: amount(&b.Likely), Max: amount(&b.Max), Source: sourceOr(b.Source)}
	}
	return o
}

// batchAPILine is apiOf in words.
func batchAPILine(p *job.Plan, api job.BatchAPI) string {
	switch {
	case api.Err != nil:
		return fmt.Sprintf("provider batch: not known, %s could not be asked (%v)", api.Provider, api.Err)
	case !api.Available:
		return "provider batch: not available, " + api.Reason
	case !p.Batch.Priced:
		return "provider batch (--provider-batch): available at " + api.Provider + ", cost unknown"
	}
	price := "its price for batches"
	if p.Batch.Halved {
		price = "half of the list, an estimate"
	}
	return fmt.Sprintf("provider batch (--provider-batch): available at %s, cost about $%s (%s), $%s at most, within 24 "+
		"hours", api.Provider, p.Batch.Likely, price, p.Batch.Max)
}

// cancel is `batch cancel`: it stops the batches that a run has at a provider.
func (c *batchCommand) cancel() *cobra.Command {
	var asJSON, yes bool
	cmd := &cobra.Command{
		Use: "cancel RUN", Short: "stop the batches of a run at the provider; rows that were answered are kept", Args: oneRun,
		RunE: func(cmd *cobra.Command, args []string) error { return c.stop(cmd.Context(), args[0], asJSON, yes) },
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "stop them without asking")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object at the end")
	return cmd
}

// stop cancels the batches of a run, and waits until the provider has ended them and their answers are here.
func (c *batchCommand) stop(ctx context.Context, id string, asJSON, yes bool) error {
	app, err := c.engine.open(ctx, nil)
	if err != nil {
		return err
	}
	defer c.engine.close(app)
	h, err := runNamed(app.Runs, id)
	if err != nil {
		return err
	}
	if h.Provider.Open == 0 {
		return fail(exitUsage, fmt.Errorf("run %s has no batch at a provider: nothing to cancel", h.ID))
	}
	what := fmt.Sprintf("%s has %s of run %s. Stop its batches there?", h.Provider.Endpoint,
		relay.Counted(h.Provider.Rows, "row"), h.ID)
	if !c.may(ctx, yes, what) {
		return fail(exitUsage, errors.New("nothing was stopped"))
	}
	if _, err := app.Store.Runs().Start(job.Options{Resume: h.ID, Hold: true}); err != nil {
		return fail(startCode(err), err)
	}
	if h, err = app.Runs.Wait(ctx, h.ID); err != nil {
		return &exit{code: exitInterrupted}
	}
	if h.State == job.Paused {
		if err := app.Store.Runs().Cancel(h.ID); err != nil {
			return fail(exitFailed, err)
		}
		if h, err = c.stopped(ctx, app, h.ID); err != nil {
			return err
		}
	}
	if err := c.result(&h, asJSON); err != nil {
		return err
	}
	if h.State == job.Cancelled {
		return nil
	}
	return &exit{code: batchExit(&h)}
}

// stopped waits until the batches of a run have ended. An interrupt leaves them to the provider, which was asked to
// stop them.
func (c *batchCommand) stopped(ctx context.Context, app *App, id string) (job.Header, error) {
	bar := c.console.progress()
	defer bar.end()
	for {
		h, _ := app.Runs.Header(id)
		if h.State.Rests() {
			return h, nil
		}
		select {
		case <-app.Store.Changed():
		case <-bar.ticker.C:
			bar.show(h.Done(), h.Rows, providerLine(&h, time.Now()))
		case <-ctx.Done():
			return h, fail(exitInterrupted, fmt.Errorf("%s is stopping the batch: `relaytop batch resume %s` fetches what was "+
				"answered", h.Provider.Endpoint, id))
		}
	}
}
