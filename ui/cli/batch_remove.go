package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/job"
)

func (c *batchCommand) remove() *cobra.Command {
	var yes bool
	var age string
	cmd := &cobra.Command{
		Use: "rm RUN", Short: "delete the journal of a run; its output files stay",
		Example: `
			relaytop batch rm last
			relaytop batch rm --older-than 30d`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case age == "":
				return oneRun(cmd, args)
			case len(args) > 0:
				return fail(exitUsage, errors.New("name a run or --older-than, not both"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return c.runs(ctx, func(book *job.Book) error {
				if age != "" {
					return c.removeOld(ctx, book, age, yes)
				}
				h, err := runNamed(book, args[0])
				if err != nil {
					return err
				}
				what := fmt.Sprintf("Run %s is %s. Delete it with the answers of %s?", h.ID, stateOf(&h),
					relay.Counted(h.Done(), "row"))
				if !c.may(ctx, yes, what) {
					return fail(exitUsage, errors.New("nothing was deleted"))
				}
				if err := book.Remove(h.ID); err != nil {
					return fail(startCode(err), err)
				}
				c.console.stdout().sentence("", fmt.Sprintf("deleted run %s with the answers of %s", h.ID,
					relay.Counted(h.Done(), "row")))
				return nil
			})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "delete without asking")
	cmd.Flags().StringVar(&age, "older-than", "", "delete every run that ended before an age (12h, 30d) or a date")
	return cmd
}

// may reports whether something may be done: with yes, where nobody can answer, or if the answer to what is yes.
func (c *batchCommand) may(ctx context.Context, yes bool, what string) bool {
	return yes || !isTerminal(c.console.Stdin) || c.console.confirms(ctx, what)
}

// removeOld deletes the runs that ended before an age or a date. Those that a process runs are left.
func (c *batchCommand) removeOld(ctx context.Context, book *job.Book, age string, yes bool) error {
	before, err := timeAgo("--older-than", age, time.Now())
	if err != nil {
		return fail(exitUsage, err)
	}
	old, err := book.Before(before)
	if err != nil {
		return fail(exitFailed, err)
	}
	open := 0
	for i := range old {
		if old[i].State != job.Finished {
			open++
		}
	}
	what := fmt.Sprintf("Delete %s from before %s, of which %d did not finish?", relay.Counted(len(old), "run"),
		before.Format(time.DateTime), open)
	if len(old) > 0 && !c.may(ctx, yes, what) {
		return fail(exitUsage, errors.New("nothing was deleted"))
	}
	deleted, failed := 0, error(nil)
	for i := range old {
		switch err := book.Remove(old[i].ID); {
		case errors.Is(err, job.ErrAtProvider):
			c.console.note("run %s is %s: it is left; cancel or resume it first", old[i].ID, stateOf(&old[i]))
		case errors.Is(err, job.ErrLocked):
			c.console.note("run %s is %s: it is left", old[i].ID, stateOf(&old[i]))
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			deleted++
		}
	}
	c.console.stdout().sentence("", "deleted "+relay.Counted(deleted, "run"))
	return fail(exitFailed, failed)
}
