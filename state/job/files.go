package job

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// writeFile puts a file in place of what is there so that after a crash it holds the old or the new content, never half of one.
func writeFile(path string, fill func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(tmp.Close()))
			_ = os.Remove(tmp.Name())
		}
	}()
	w := bufio.NewWriterSize(tmp, 256<<10)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// makeDir makes a folder of ours; one that is a link is refused.
func makeDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fmt.Errorf("making the folder of the runs: %w", err)
	}
	st, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("looking at the folder of the runs: %w", err)
	}
	if !st.IsDir() {
		return fmt.Errorf("%s is a link or a file: relaytop keeps its records in a real folder only", path)
	}
	return nil
}

// openOwn opens a file of a run's folder without following a link.
func openOwn(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|noFollow, fileMode)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", filepath.Base(path), err)
	}
	return f, nil
}

// writable finds out before the first request whether an output can be written where it is to stand.
// unwritable says why there can be no output, and what to do.
func unwritable(path string, err error) error {
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err // the name is told already, and a temporary one helps nobody
	}
	return fmt.Errorf("%w: the output %s can't be written (%w): name another place for it (-o)", ErrInput, path, err)
}

func writable(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".relaytop-probe-*")
	if err != nil {
		return unwritable(path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
