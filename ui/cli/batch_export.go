package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job"
	"relaytop/state/job/outfile"
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
				if h.State != job.Finished {
					c.console.note("run %s is %s: %d of %s have an outcome", h.ID, stateOf(&h), h.Done(),
						relay.Counted(h.Rows, "row"))
				}
				as := outfile.Format(format)
				if !cmd.Flags().Changed("format") {
					as = formatOf(out)
				}
				write := func(w io.Writer) error {
					err := book.Export(ctx, h.ID, as, w)
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
	cmd.Flags().StringVar(&format, "format", string(outfile.JSONL),
		"jsonl (OpenAI batch output), csv, md or txt; the end of the file's name says it too")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write (default: stdout)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

// formatOf is the format that the end of a file's name says, else JSONL.
func formatOf(path string) outfile.Format {
	switch f := outfile.Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))); f {
	case outfile.JSONL, outfile.CSV, outfile.Markdown, outfile.PlainText:
		return f
	}
	return outfile.JSONL
}

// toFile writes a new file; an existing one is replaced only with force, and keeps its content if that fails.
func toFile(path string, force bool, write func(io.Writer) error) error {
	put := disk.Files{}.Create
	if force {
		put = replace
	}
	began := false
	err := put(path, func(w io.Writer) error {
		began = true
		return write(w)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrExist):
		return fail(exitUsage, fmt.Errorf("%s is there already; --force overwrites it", path))
	case !began:
		return fail(exitUsage, fmt.Errorf("%s: %w", path, disk.Cause(err)))
	}
	return fail(codeOf(err), err)
}

// replace writes a file in place of what is there. A link is followed; a pipe or a device takes what comes.
func replace(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return disk.Files{}.Replace(path, write)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}
