package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// LockedError says that another process holds a lock.
type LockedError struct{ Holder string } // who it is, for the person

func (e *LockedError) Error() string { return "locked by " + e.Holder }

// Lock is a file that this process holds alone, until it is released or the process ends.
type Lock struct{ f *os.File }

// TakeLock makes the file at path if need be and locks it. If another holds it, the error is a LockedError: it does
// not wait.
func TakeLock(path string) (*Lock, error) {
	f, err := Open(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	taken, err := lockFile(f)
	switch {
	case err != nil:
		err = fmt.Errorf("locking %s: %w", path, err)
	case !taken:
		err = &LockedError{Holder: holder(f)}
	default:
		err = sign(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f: f}, nil
}

// Release gives the lock up. The file stays.
func (l *Lock) Release() error { return l.f.Close() }

// Locked reports whether some process holds the lock at path.
func Locked(path string) bool {
	f, err := Open(path, os.O_RDWR)
	if err != nil {
		return false
	}
	defer f.Close() // gives up what testing took
	return isLocked(f)
}

// sign writes who we are into the lock's file. It is only ever shown.
func sign(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "process %d on %s\n", os.Getpid(), host), 0)
	}
	if err != nil {
		return fmt.Errorf("signing the lock: %w", err)
	}
	return nil
}

// holder reads who has the lock.
func holder(f *os.File) string {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 256))
	if who := strings.TrimSpace(string(b)); err == nil && who != "" {
		return who
	}
	return "a process that left no name"
}
