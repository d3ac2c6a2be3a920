package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"relaytop/state/job"
)

// runObject is a run in `batch list --json`: the object of `batch --json` and its state.
type runObject struct {
	batchObject
	State   job.State `json:"state"`
	Reason  *string   `json:"reason"`
	Input   string    `json:"input"`
	Model   string    `json:"model"`
	Started time.Time `json:"started"`

	Interrupted bool `json:"interrupted"` // its process ended without stopping it
}

func runOf(h *job.Header) runObject {
	return runObject{
		batchObject: batchOf(h),
		State:       h.State,
		Reason:      orNull(h.Reason),
		Input:       h.Input,
		Model:       h.Model,
		Started:     h.Started,
		Interrupted: h.Interrupted,
	}
}

// runs opens the journals alone: reading them needs no relay.
func (c *batchCommand) runs(ctx context.Context, do func(*job.Book) error) error {
	cfg, err := c.config.load()
	if err != nil {
		return err
	}
	demo := cfg.Relay.Demo
	if demo && !c.config.flags.demo { // nobody asked for the demo: the user's own runs come first
		demo = !hasRuns(cfg.Paths.Runs(false))
	}
	book, err := job.NewBook(job.Config{Dir: cfg.Paths.Runs(demo), Version: c.version})
	if err != nil {
		return fail(exitFailed, err)
	}
	if demo {
		c.console.reportDemo(cfg)
	}
	err = do(book)
	return errors.Join(err, fail(exitFailed, book.Close(ctx)))
}

// hasRuns reports whether there is a run in a folder, or something that was one.
func hasRuns(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, os.DirEntry.IsDir)
}

// runNamed finds a run by its id; lastOne is the newest.
func runNamed(book *job.Book, id string) (job.Header, error) {
	if list := book.Headers(); id == lastOne && len(list) > 0 {
		return list[0], nil
	}
	if h, ok := book.Header(id); ok {
		return h, nil
	}
	return job.Header{}, fail(exitUsage, fmt.Errorf("%w: %s; `relaytop batch list` lists them", job.ErrNoRun, id))
}

// oneRun accepts exactly one argument; anything else is wrong use.
func oneRun(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fail(exitUsage, fmt.Errorf("which run? relaytop batch %s RUN, or last; `relaytop batch list` lists them",
			cmd.Name()))
	}
	return nil
}

func (c *batchCommand) list() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the runs, newest first", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.runs(cmd.Context(), func(book *job.Book) error {
				list := book.Headers()
				if !asJSON {
					return fail(exitFailed, printRuns(c.console.stdout(), list))
				}
				objects := make([]runObject, 0, len(list))
				for i := range list {
					objects = append(objects, runOf(&list[i]))
				}
				return fail(exitFailed, c.console.writeJSON(struct {
					Runs []runObject `json:"runs"`
				}{objects}))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// printRuns prints the table of runs. It has a column for incomplete rows if there are some: without it, it fits on 80
// columns.
func printRuns(out *output, list []job.Header) error {
	columns := []column{
		{title: "RUN", kind: whole},
		{title: "STATE", kind: whole},
		{title: "ROWS", kind: number},
		{title: "OK", kind: number},
		{title: "FAILED", kind: number},
		{title: "NOT RUN", kind: number},
		{title: "MODEL"},
		{title: "INPUT"},
	}
	const behindFailed = 5
	incomplete := slices.ContainsFunc(list, func(h job.Header) bool { return h.Incomplete > 0 })
	if incomplete {
		columns = slices.Insert(columns, behindFailed, column{title: "INCOMPLETE", kind: number})
	}
	t := newTable(columns...)
	for i := range list {
		h := &list[i]
		source := h.Input
		if !h.Shard.Whole() {
			source = h.Shard.String() + " of " + source
		}
		cells := []string{h.ID, stateOf(h), fmt.Sprint(h.Rows), fmt.Sprint(h.OK), fmt.Sprint(h.Failed),
			fmt.Sprint(max(h.Rows-h.Done(), 0)), h.Model, source}
		if incomplete {
			cells = slices.Insert(cells, behindFailed, fmt.Sprint(h.Incomplete))
		}
		t.row(cells...)
	}
	return t.print(out)
}

// stateOf is the state of a run in words: finished, paused (budget), running elsewhere.
func stateOf(h *job.Header) string {
	state := string(h.State)
	switch {
	case left(h):
		state = "with " + h.Provider.Endpoint + " (" + h.Provider.Doing() + ")"
	case h.ReadOnly:
		state += " in another process"
	case h.Interrupted && h.Stopped == job.StopUser:
		state = "interrupted"
	case h.Stopped != "" && h.State != job.Finished:
		state += " (" + string(h.Stopped) + ")"
	}
	if h.Damaged > 0 && h.State != job.Damaged && h.Rows > h.Done() {
		state += ", damaged"
	}
	return state
}

func (c *batchCommand) show() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show RUN", Short: "show the state of a run", Args: oneRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runs(cmd.Context(), func(book *job.Book) error {
				h, err := runNamed(book, args[0])
				if err != nil {
					return err
				}
				parts, err := book.Carried(h.ID).Stored()
				if err != nil {
					return fail(exitFailed, err)
				}
				if asJSON {
					return fail(exitFailed, c.console.writeJSON(shownObject{runOf(&h), parts}))
				}
				out := c.console.stdout()
				out.sentence("", "run "+h.ID+" is "+stateOf(&h))
				printRun(out, &h, c.config.flags.again())
				return fail(exitFailed, printParts(out, parts))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func (c *batchCommand) resume() *cobra.Command {
	var f batchFlags
	cmd := &cobra.Command{
		Use: "resume RUN", Short: "resume a run; rows that have an answer are not sent again", Args: oneRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("concurrency") && f.opts.Concurrency < 1 {
				return fail(exitUsage, fmt.Errorf("--concurrency must be at least 1, not %d", f.opts.Concurrency))
			}
			f.opts.Resume = args[0]
			return c.run(cmd.Context(), cmd.Flags(), &f)
		},
	}
	set := cmd.Flags()
	set.IntVarP(&f.opts.Concurrency, "concurrency", "c", 0, "rows in flight at the same time (default: as before)")
	set.StringVarP(&f.opts.Out, "out", "o", "", "another output file; - is stdout")
	set.StringVar(&f.budget, "budget", "", "stop once the run has cost this many USD in all")
	set.StringVar(&f.onDone, "on-done", "", "shell command to run at the end, with the summary as JSON on its stdin")
	set.BoolVar(&f.rows, "json-rows", false,
		"print the output line of each row as it ends, one JSON object a line, and the summary at the end")
	set.BoolVarP(&f.yes, "yes", "y", false, "resume without asking")
	set.BoolVar(&f.opts.RetryFailed, "retry-failed", false, "send the failed rows again too")
	set.BoolVar(&f.opts.Forget, "forget", false, forgetUsage)
	set.BoolVar(&f.opts.DropRemoved, "drop-removed", false, dropUsage)
	f.bindProvider(cmd.Flags())
	c.config.flags.bindMetrics(cmd.Flags())
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print one JSON object at the end")
	return cmd
}

// startCode is the exit code of a run that could not start: what the user can fix is wrong use.
func startCode(err error) int {
	for _, e := range [...]error{job.ErrInput, job.ErrExists, job.ErrLocked, job.ErrNoRun, job.ErrDamaged,
		job.ErrAtProvider} {
		if errors.Is(err, e) {
			return exitUsage
		}
	}
	return exitFailed
}
