package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/job/input"
)

type batchFlags struct {
	opts   job.Options
	budget string
	// unpriced is "refuse" or "allow"; "" in commands without the flag
	unpriced string
	shard    string // I/N
	schema   string // path of a JSON Schema
	dryRun   bool
	asJSON   bool
	onDone   string
	rows     bool // print each row as it ends
	toStdout bool // the output, at the end
	yes      bool
	paramFlags
	providerFlags
}

func (f *batchFlags) bind(set *pflag.FlagSet) {
	set.StringVarP(&f.opts.Out, "out", "o", "",
		"output file (default: beside FILE, NAME.out.jsonl); - is stdout, and the summary goes to stderr")
	set.IntVarP(&f.opts.Concurrency, "concurrency", "c", 0,
		"rows in flight at the same time (default 10; a resumed run keeps its own)")
	set.StringVar(&f.opts.Template, "template", "", "prompt for each row, with {{column}} for a column of the file")
	set.BoolVar(&f.opts.Paragraphs, "paragraphs", false, "blank lines separate the prompts of a text file")
	set.StringVar(&f.budget, "budget", "", "stop after spending this many USD")
	set.StringVar(&f.unpriced, "budget-unknown", "refuse",
		"with --budget, what to do with a model whose price is unknown: refuse to start, or allow its rows")
	set.StringVar(&f.opts.Resume, "resume", "", "resume a run: its id, or last")
	set.BoolVar(&f.opts.RetryFailed, "retry-failed", false,
		"send the failed rows of the last run again, or of the one that --resume names")
	set.BoolVar(&f.opts.Forget, "forget", false, forgetUsage)
	set.BoolVar(&f.opts.DropRemoved, "drop-removed", false, dropUsage)
	set.BoolVar(&f.opts.AllowDuplicate, "allow-duplicates", false, "accept duplicate ids")
	set.BoolVar(&f.opts.StopOnBad, "stop-on-bad", false, "refuse a file with bad rows instead of skipping them")
	set.BoolVar(&f.opts.Force, "force", false, "overwrite the output file")
	set.StringVar(&f.shard, "shard", "",
		"send part `I/N` of the rows, such as 1/3; relaytop batch merge puts the outputs together")
	set.StringVar(&f.schema, "json-schema", "",
		"file with a JSON Schema: asks for it (response_format), and fails the rows whose answer does not fit")
	set.BoolVar(&f.opts.NoStream, "no-stream", false,
		"ask for plain JSON answers: less work for each row, and no time to first token (config: no_stream)")
	set.BoolVar(&f.opts.Sample, "sample", false, "run the built-in sample")
	f.bindProvider(set)
	f.bindParams(set)
	set.BoolVar(&f.dryRun, "dry-run", false, "check the file and print rows, tokens and cost; send nothing")
	set.BoolVar(&f.asJSON, "json", false, "print one JSON object at the end")
	set.StringVar(&f.onDone, "on-done", "", "shell command to run at the end, with the summary as JSON on its stdin")
	set.BoolVar(&f.rows, "json-rows", false,
		"print the output line of each row as it ends, one JSON object a line, and the summary at the end")
	set.BoolVarP(&f.yes, "yes", "y", false, "start without asking")
}

const (
	forgetUsage = "resume a run whose journal or manifest is damaged, although rows may be paid for again"
	dropUsage   = "leave rows that are no longer in the file out of the output"
)

// batchCommand is `relaytop batch` and the commands below it.
type batchCommand struct {
	console *console
	config  *loader
	engine  *starter
	version string // written into the journals
}

func (c *batchCommand) command() *cobra.Command {
	var f batchFlags
	cmd := &cobra.Command{
		Use:   "batch FILE",
		Short: "run a file of prompts: JSONL, CSV, TSV or text",
		Long: `
			Sends every row of FILE to the relay and writes one line for each to OUT.jsonl, in the order of the input.
			Rows that failed are also written to OUT.errors.jsonl.

			Every finished row is in a journal before it counts. A run that was interrupted goes on with --resume last,
			and no row that has its answer is sent again.

			With --provider-batch the rows go to the provider as files, through its own batch endpoint: cheaper, within
			hours. The program may end meanwhile: ctrl+c leaves the rows with the provider (exit status 5), and batch resume
			fetches the answers.

			Exit status:
			  0  every row has an answer
			  1  the run broke off
			  2  wrong use or input; nothing was sent
			  3  some rows failed, are incomplete or were skipped
			  4  stopped by the budget
			  5  interrupted, or paused by itself; resume it with --resume last`,
		Example: `
			relaytop batch prompts.csv --template "Translate to German: {{text}}" -o german.jsonl
			relaytop batch prompts.jsonl --dry-run
			relaytop batch --resume last`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.take(cmd, args); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.Flags(), &f)
		},
	}
	f.bind(cmd.Flags())
	c.config.flags.bindMetrics(cmd.Flags())
	cmd.AddCommand(c.list(), c.show(), c.resume(), c.cancel(), c.export(), c.merge(), c.remove())
	return cmd
}

// take reads what was given, and checks that it belongs together.
func (f *batchFlags) take(cmd *cobra.Command, args []string) error {
	if err := f.readParams(cmd.Flags()); err != nil {
		return fail(exitUsage, err)
	}
	if len(f.set) > 0 {
		f.opts.Params = f.apply(relay.DefaultParams())
	}
	if f.opts.RetryFailed && f.opts.Resume == "" {
		f.opts.Resume = lastOne
	}
	if err := meantCommandNotFile(cmd, args); err != nil {
		return err
	}
	switch {
	case len(f.params)+len(f.set)+len(f.schema) > 0 && f.opts.Resume != "":
		return fail(exitUsage, errors.New("a resumed run keeps its parameters: start a new run to change them"))
	case f.opts.Forget && f.opts.Resume == "":
		return fail(exitUsage, errors.New("--forget is for a damaged run: name it with --resume"))
	case cmd.Flags().Changed("concurrency") && f.opts.Concurrency < 1:
		return fail(exitUsage, fmt.Errorf("--concurrency must be at least 1, not %d", f.opts.Concurrency))
	case len(args) == 1:
		f.opts.Input = args[0]
	case len(args) > 1:
		return fail(exitUsage, fmt.Errorf("one file at a time, not %d", len(args)))
	case !f.opts.Sample && f.opts.Resume == "":
		return fail(exitUsage, errors.New("which file? relaytop batch FILE -o OUT.jsonl, or --sample for the built-in "+
			"sample"))
	}
	return nil
}

func (c *batchCommand) run(ctx context.Context, set *pflag.FlagSet, f *batchFlags) error {
	if err := f.complete(set); err != nil {
		return fail(exitUsage, err)
	}
	c.engine.scraped = !f.dryRun
	app, err := c.engine.openToSpend(ctx, nil)
	if err != nil {
		return err
	}
	defer c.engine.close(app)
	if f.opts.BudgetUnknown {
		app.Store.Budget().AllowUnpriced()
	}
	f.opts.Model = c.config.flags.model // without -m, a batch has a default of its own
	if list, given := c.config.flags.fallbackModels(); given {
		f.opts.Fallback = list
	}
	if f.dryRun {
		return c.dryRun(ctx, app, f)
	}
	if f.detach && app.demo() {
		return fail(exitUsage, errors.New("--detach can't be used in the demo: the simulated relay ends with the program, "+
			"and its batches with it; nothing was sent"))
	}
	if err := checkProvider(ctx, app, &f.opts); err != nil {
		return err
	}
	if err := c.confirmStart(ctx, app, f); err != nil {
		return err
	}
	h, err := c.startAndFollow(ctx, app, f)
	if err != nil {
		return err
	}
	// found while reading: nothing was sent, and no run is left
	if h.State == job.Broken && h.Stopped == job.StopInput {
		return fail(exitUsage, fmt.Errorf("%w: %s", job.ErrInput, h.Reason))
	}
	if f.toStdout {
		err = c.printOut(&h, f.asJSON)
	} else {
		err = c.result(&h, f.asJSON)
	}
	if err != nil {
		return err
	}
	if f.detach && left(&h) {
		return nil
	}
	notifyEnd(c.console.stderr(), app.Config.Notify, os.Getenv, &h)
	if err := c.console.whenDone(cmp.Or(f.onDone, app.Config.OnDone), &h); err != nil {
		return err
	}
	if code := batchExit(&h); code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// complete sets the options that the flags spell.
func (f *batchFlags) complete(set *pflag.FlagSet) error {
	carrier, err := f.carrier(set)
	if err != nil {
		return err
	}
	f.opts.Carrier = carrier
	if f.budget != "" {
		m, err := relay.ParseMoney(f.budget)
		if err != nil || m <= 0 {
			return fmt.Errorf("--budget must be an amount in USD above 0, such as 2.50, not %q", f.budget)
		}
		f.opts.Budget = m
	}
	switch f.unpriced {
	case "allow":
		f.opts.BudgetUnknown = true
	case "", "refuse":
	default:
		return fmt.Errorf("--budget-unknown must be refuse or allow, not %q", f.unpriced)
	}
	if f.asJSON = f.asJSON || f.rows; f.rows && f.opts.Out == "-" {
		return errors.New("--json-rows and -o - both write to stdout: name a file with -o")
	}
	if f.toStdout = f.opts.Out == job.FolderOut; f.toStdout && f.opts.Resume != "" {
		f.opts.Out = "" // the run keeps the output that it has
	}
	if err := f.readSchema(); err != nil {
		return err
	}
	if f.shard != "" {
		f.opts.Shard, err = input.ParseShard(f.shard)
	}
	return err
}

// startAndFollow starts a run, or goes on with it, and follows it until it has ended or paused.
func (c *batchCommand) startAndFollow(ctx context.Context, app *App, f *batchFlags) (job.Header, error) {
	f.opts.Hold = f.opts.Resume != ""
	w, ctx := c.follow(ctx, app, f.detach) // before the start, so that no signal is lost in between
	defer w.close()
	id, err := app.Store.Runs().Start(f.opts)
	if err != nil {
		return job.Header{}, fail(startCode(err), err)
	}
	w.id, w.rows = id, f.rows
	h := w.wait(ctx)
	if !f.opts.Hold || h.State != job.Paused || h.Stopped != "" {
		return h, nil
	}
	if err := c.confirmResume(ctx, f, &h); err != nil {
		return h, err
	}
	if err := app.Store.Runs().Resume(id); err != nil {
		return h, fail(startCode(err), err)
	}
	return w.wait(ctx), nil
}

// result prints how a run ended.
func (c *batchCommand) result(h *job.Header, asJSON bool) error {
	return c.report(c.console.stdout(), h, asJSON)
}

// report writes how a run ended, for a person or as JSON.
func (c *batchCommand) report(to *output, h *job.Header, asJSON bool) error {
	if !asJSON {
		printRun(to, h, c.config.flags.again())
		return nil
	}
	if err := writeJSON(to.w, to.terminal, batchOf(h)); err != nil {
		return fail(exitFailed, err)
	}
	for _, note := range notes(h) {
		c.console.say(note)
	}
	return nil
}

// unasked reports whether nobody can answer a question.
func (c *batchCommand) unasked(f *batchFlags) bool {
	return f.opts.Input == "-" || !isTerminal(c.console.Stdin) || !isTerminal(c.console.Stdout)
}

// confirmStart prints the forecast and asks, if a person can answer. A resumed run was agreed to before.
func (c *batchCommand) confirmStart(ctx context.Context, app *App, f *batchFlags) error {
	agreed := f.yes || app.demo() || f.opts.Resume != ""
	if agreed || c.unasked(f) {
		if !app.demo() { // where it is one, the start says so
			c.console.sentence("%s", relaysLine(app, nil))
		}
		return nil
	}
	p, err := app.Runs.Preflight(ctx, f.opts)
	if err != nil {
		return fail(exitUsage, err)
	}
	look := outlookOf(app, &p)
	printPlan(c.console.stderr(), app, &p, &look, &f.opts)
	if !c.console.confirms(ctx, "Start it?") {
		return fail(exitUsage, errors.New("not started; nothing was sent"))
	}
	return nil
}

// confirmResume says what a resume found, before anything is sent. Where a person can answer, it asks if the input is
// another.
func (c *batchCommand) confirmResume(ctx context.Context, f *batchFlags, h *job.Header) error {
	for _, line := range found(h) {
		c.console.note("%s", line)
	}
	if h.Changed == nil || h.Changed.None() || f.yes || c.unasked(f) {
		return nil
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if !c.console.confirms(ctx, "Go on with it?") {
		return fail(exitUsage, errors.New("not resumed; nothing was sent"))
	}
	return nil
}

func batchExit(h *job.Header) int {
	switch {
	case h.Stopped == job.StopBudget:
		return exitBudget
	case h.State == job.Broken && h.Stopped != job.StopUser:
		return exitFailed
	case h.State != job.Finished:
		return exitInterrupted
	case h.NotOK() > 0:
		return exitRows
	}
	return exitOK
}
