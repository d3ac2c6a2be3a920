package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/job/outfile"
)

// mergeObject is what `batch merge --json` prints.
type mergeObject struct {
	Rows          int      `json:"rows"`
	OK            int      `json:"ok"`
	Failed        int      `json:"failed"`
	Incomplete    int      `json:"incomplete"`
	Skipped       int      `json:"skipped"`
	Pending       int      `json:"pending"`
	Missing       int      `json:"missing"`
	MissingRows   []int    `json:"missing_rows"` // the first of them
	MissingShards []string `json:"missing_shards"`
	Double        int      `json:"double"`
	Out           string   `json:"out"`
}

func (c *batchCommand) merge() *cobra.Command {
	var out string
	var force, asJSON bool
	cmd := &cobra.Command{
		Use: "merge RUN|OUT...", Short: "put the outputs of shards together, in the order of the input",
		Long: `
			Takes the runs (last is the newest) or the outputs of --shard I/N, and writes one output in the order of the
			input. Of the lines of one row it keeps that with the best outcome. Rows that are missing are named.

			Exit status:
			  0  every row is there and has an answer
			  2  wrong use or input; nothing was written
			  3  rows are missing, or have no complete answer`,
		Example: `
			relaytop batch merge a.1-of-2.out.jsonl b.2-of-2.out.jsonl -o all.jsonl`,
		Args: between(1, 1<<16-1, "which outputs? relaytop batch merge RUN|OUT... -o OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return fail(exitUsage, errors.New("where to? name the output with -o OUT"))
			}
			return c.runs(cmd.Context(), func(book *job.Book) error {
				if err := c.shards(book, args); err != nil {
					return err
				}
				var joined outfile.Joined
				err := toFile(out, force, func(w io.Writer) (err error) {
					joined, err = book.JoinShards(cmd.Context(), args, w)
					return fail(startCode(err), err)
				})
				if err != nil {
					return err
				}
				return c.reportMerge(&joined, out, asJSON)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// shards puts the id of the newest run in place of lastOne, refuses a run that is no shard, and says which runs have
// not finished.
func (c *batchCommand) shards(book *job.Book, names []string) error {
	for i, name := range names {
		if name == lastOne {
			h, err := runNamed(book, name)
			if err != nil {
				return err
			}
			names[i] = h.ID
		}
		h, ok := book.Header(names[i])
		switch {
		case !ok: // the path of an output
		case h.Shard.Whole():
			return fail(exitUsage, fmt.Errorf("run %s has all rows of its input: merge takes runs and outputs of --shard I/N",
				h.ID))
		case h.State != job.Finished:
			c.console.note("run %s is %s", h.ID, stateOf(&h))
		}
	}
	return nil
}

// reportMerge says what was put together, and what is missing.
func (c *batchCommand) reportMerge(j *outfile.Joined, out string, asJSON bool) error {
	o := mergeObject{Rows: j.Rows, OK: j.Counts[outfile.OK], Failed: j.Counts[outfile.Failed],
		Incomplete: j.Counts[outfile.Incomplete], Skipped: j.Counts[outfile.Skipped], Pending: j.Counts[outfile.Pending],
		Missing: j.Lost, MissingRows: append([]int{}, j.Missing...), MissingShards: append([]string{}, j.Absent...),
		Double: j.Double, Out: out}
	if asJSON {
		if err := c.console.writeJSON(&o); err != nil {
			return fail(exitFailed, err)
		}
	} else {
		printMerge(c.console.stdout(), &o)
	}
	if o.OK < o.Rows {
		return &exit{code: exitRows}
	}
	return nil
}

func printMerge(w *output, o *mergeObject) {
	w.sentence("", fmt.Sprintf("%s: %d ok, %d failed, %d incomplete, %d skipped, %d not run, %d missing",
		relay.Counted(o.Rows, "row"), o.OK, o.Failed, o.Incomplete, o.Skipped, o.Pending, o.Missing))
	if len(o.MissingShards) > 0 {
		w.sentence("  ", "no output of shard "+strings.Join(o.MissingShards, ", "))
	}
	if o.Missing > 0 {
		list := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(o.MissingRows)), ", "), "[]")
		if o.Missing > len(o.MissingRows) {
			list += " and more"
		}
		w.sentence("  ", "missing rows of the input: "+list)
	}
	if o.Double > 0 {
		w.sentence("  ", fmt.Sprintf("%s left out: of the lines of one row, that with the best outcome is kept",
			relay.Counted(o.Double, "line")))
	}
	w.line("  " + o.Out)
}
