//go:build windows

package job

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

const noFollow = 0

// lockAt is far behind the holder's name: a range that is locked can't be read by others.
const lockAt = 1 << 30

// lock holds a run for this process. The system lets go of it when the process ends, however it ends.
type lock struct{ f *os.File }

// takeLock takes the lock at path, or says with ErrHeld who has it.
func takeLock(path string) (*lock, error) {
	f, err := openOwn(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	how := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	if err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{Offset: lockAt}); err != nil {
		defer f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return nil, fmt.Errorf("%w: %s", ErrHeld, holder(f))
		}
		return nil, fmt.Errorf("locking the run: %w", err)
	}
	return &lock{f: f}, signHolder(f)
}

func (l *lock) release() error { return l.f.Close() }

// syncDir does nothing: the system offers no way to flush a folder.
func syncDir(string) error { return nil }

func probeHeld(f *os.File) bool {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{Offset: lockAt})
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
