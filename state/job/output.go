package job

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// defaultOut is beside the input, or in the run's folder if the input is not a regular file.
func defaultOut(o Options, dir string) string {
	if o.Sample || o.Input == "-" || o.Out == FolderOut || strings.HasPrefix(o.Input, "/dev/") ||
		strings.HasPrefix(o.Input, "/proc/") {
		return folderOut(dir)
	}
	base := o.Input
	if strings.EqualFold(filepath.Ext(base), ".gz") {
		base = base[:len(base)-len(".gz")]
	}
	return strings.TrimSuffix(base, filepath.Ext(base)) + o.Shard.Suffix() + ".out.jsonl"
}

// FolderOut is the Options.Out of a new run whose output goes into its own folder, for a caller that copies it to where
// it is wanted.
const FolderOut = "-"

// folderOut is the output in the folder of a run.
func folderOut(dir string) string { return filepath.Join(dir, "out.jsonl") }

func errorsName(out string) string {
	return strings.TrimSuffix(out, filepath.Ext(out)) + ".errors.jsonl"
}

// checkOut refuses an output that can't be written, or that would replace what it must not.
func checkOut(o Options) error {
	for _, path := range [...]string{o.Out, errorsName(o.Out)} {
		if sameFile(path, o.Input) {
			return input.Unusable("the output %s would replace the input: name another output (-o)", path)
		}
		st, err := os.Lstat(path)
		if err == nil && st.IsDir() {
			return input.Unusable("%s is a folder: name a file", path)
		}
		if err == nil && !st.Mode().IsRegular() && st.Mode()&fs.ModeSymlink == 0 {
			return input.Unusable("%s is not a file but a device, a pipe or a socket: name a file", path)
		}
		if err == nil && !o.Force {
			return &ExistsError{Path: path}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(path, err)
		}
	}
	if err := disk.Writable(filepath.Dir(o.Out)); err != nil {
		return unwritable(o.Out, err)
	}
	return nil
}

// sameFile reports whether two paths lead to one file, in whatever way they are written.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// unwritable says why an output can't be written, and what to do.
func unwritable(path string, err error) error {
	return input.Unusable("the output %s can't be written (%w): name another place for it (-o)", path,
		disk.Cause(err))
}
