package cli

import (
	"context"
	"errors"
	"fmt"
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
}

func runOf(h *job.Header) runObject {
	return runObject{
		batchObject: batchOf(h),
		State:       h.State,
		Reason:      orNull(h.Reason),
		Input:       h.Input,
		Model:       h.Model,
		Started:     h.Started,
	}
}

// runs opens the journals alone: reading them needs no relay.
func (c *batchCommand) runs(ctx context.Context, do func(*job.Book) error) error {
	cfg, err := c.config.load()
	if err != nil {
		return err
	}
	book, err := job.NewBook(job.Config{Dir: cfg.Paths.Runs(cfg.Relay.Demo), Version: c.version})
	if err != nil {
		return fail(exitFailed, err)
	}
	err = do(book)
	return errors.Join(err, fail(exitFailed, book.Close(ctx)))
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

// printRuns prints the table of runs.
func printRuns(out *output, list []job.Header) error {
	t := newTable(
		column{title: "RUN", kind: whole},
		column{title: "STATE", kind: whole},
		column{title: "ROWS", kind: number},
		column{title: "OK", kind: number},
		column{title: "FAILED", kind: number},
		column{title: "NOT RUN", kind: number},
		column{title: "MODEL"},
		column{title: "INPUT"},
	)
	for i := range list {
		h := &list[i]
		state := string(h.State)
		if left(h) {
			state = "with " + h.Provider.Endpoint + " (" + h.Provider.Phase + ")"
		} else if h.Stopped != "" && h.State != job.Finished {
			state += " (" + string(h.Stopped) + ")"
		}
		rows, ok, failed, left := fmt.Sprint(h.Rows), fmt.Sprint(h.OK), fmt.Sprint(h.Failed), fmt.Sprint(h.Rows-h.Done())
		t.row(h.ID, state, rows, ok, failed, left, h.Model, h.Input)
	}
	return t.print(out)
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
				parts, err := book.KeptParts(h.ID)
				if err != nil {
					return fail(exitFailed, err)
				}
				if asJSON {
					return fail(exitFailed, c.console.writeJSON(shownObject{runOf(&h), parts}))
				}
				out := c.console.stdout()
				printRun(out, &h)
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
			f.opts.Resume = args[0]
			return c.run(cmd.Context(), cmd.Flags(), &f)
		},
	}
	cmd.Flags().BoolVar(&f.opts.RetryFailed, "retry-failed", false, "send the failed rows again too")
	cmd.Flags().BoolVar(&f.opts.Forget, "forget", false, forgetUsage)
	f.bindProvider(cmd.Flags())
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print one JSON object at the end")
	return cmd
}

func (c *batchCommand) remove() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "rm RUN", Short: "delete the journal of a run; its output files stay", Args: oneRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runs(cmd.Context(), func(book *job.Book) error {
				h, err := runNamed(book, args[0])
				if err != nil {
					return err
				}
				what := fmt.Sprintf("Delete run %s with the answers of %d rows?", h.ID, h.Done())
				if !yes && isTerminal(c.console.Stdin) && !c.console.confirms(cmd.Context(), what) {
					return fail(exitUsage, errors.New("nothing was deleted"))
				}
				err = book.Remove(h.ID)
				return fail(startCode(err), err)
			})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "delete without asking")
	return cmd
}

// startCode is the exit code of a run that could not start: what the user can fix is wrong use.
func startCode(err error) int {
	for _, e := range [...]error{job.ErrInput, job.ErrExists, job.ErrHeld, job.ErrNoRun, job.ErrDamaged} {
		if errors.Is(err, e) {
			return exitUsage
		}
	}
	return exitFailed
}
