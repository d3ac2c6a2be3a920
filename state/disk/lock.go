package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// LockedError means that another process holds a lock. Holder names the process, for the user.
type LockedError struct{ Holder string }

func (e *LockedError) Error() string { return "locked by " + e.Holder }

// Lock is a file that this process holds exclusively, until it releases it or ends.
type Lock struct{ f *os.File }

// TakeLock creates the file at path if necessary and locks it. It does not wait: if another process holds the lock,
// the error is a LockedError.
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

// Release releases the lock. The file stays.
func (l *Lock) Release() error { return l.f.Close() }

// Locked reports whether some process holds the lock at path.
func Locked(path string) bool {
	f, err := Open(path, os.O_RDWR)
	if err != nil {
		return false
	}
	defer f.Close() // releases the lock that the test took
	return isLocked(f)
}

// sign writes the name of this process into the lock's file. It is only shown to users.
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

// holder reads the name of the process that holds the lock.
func holder(f *os.File) string {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 256))
	if who := strings.TrimSpace(string(b)); err == nil && who != "" {
		return who
	}
	return "a process that left no name"
}
