package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"relaytop/state/job"
)

func (c *batchCommand) export() *cobra.Command {
	var format, out string
	var force bool
	cmd := &cobra.Command{
		Use: "export RUN", Short: "write the rows of a run so far: jsonl, csv, md or txt", Args: oneRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return c.runs(ctx, func(book *job.Book) error {
				h, err := runNamed(book, args[0])
				if err != nil {
					return err
				}
				write := func(w io.Writer) error {
					err := book.Export(ctx, h.ID, job.Format(format), w)
					return fail(startCode(err), err)
				}
				if out != "" && out != "-" {
					return toFile(out, force, write)
				}
				plain := c.console.stdout().plain()
				return errors.Join(write(plain), fail(exitFailed, plain.Flush()))
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", string(job.FormatJSONL), "jsonl (OpenAI batch output), csv, md or txt")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write (default: stdout)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

// toFile writes a new file; an existing one is replaced only with force.
func toFile(path string, force bool, write func(io.Writer) error) error {
	flag := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if errors.Is(err, os.ErrExist) {
		err = fmt.Errorf("%s is there already; --force overwrites it", path)
	}
	if err != nil {
		return fail(exitUsage, err)
	}
	w := bufio.NewWriter(f)
	err = errors.Join(write(w), w.Flush(), f.Close())
	return fail(codeOf(err), err)
}
