package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"relaytop/state/disk"
	"relaytop/state/job"
)

// printOut writes the lines of a run's output to stdout, and how the run ended to stderr: stdout has nothing else, also
// with --json.
func (c *batchCommand) printOut(h *job.Header, asJSON bool) error {
	f, err := disk.Open(h.Out, os.O_RDONLY)
	switch {
	case errors.Is(err, fs.ErrNotExist): // it ended before it had one
	case err != nil:
		return fail(exitFailed, err)
	default:
		defer f.Close()
		plain := c.console.stdout().plain()
		_, err = io.Copy(plain, f)
		if err = errors.Join(err, plain.Flush()); err != nil {
			return fail(exitFailed, fmt.Errorf("writing the output: %w; it is kept as %s", err, h.Out))
		}
	}
	return c.report(c.console.stderr(), h, asJSON)
}
