package disk

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// noFollow has no counterpart: Open checks the path first.
const noFollow = 0

// lockAt is far behind the holder's name: a range that is locked can't be read by others.
const lockAt = 1 << 30

// refuseOwner refuses nothing: a profile's folders are private by the rights that they inherit.
func refuseOwner(string, fs.FileInfo) error { return nil }

// syncDir does nothing: the system offers no way to flush a folder.
func syncDir(string) error { return nil }

// lockFile takes the lock of an open file, or reports that another process holds it.
func lockFile(f *os.File) (bool, error) {
	how := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{Offset: lockAt})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

func isLocked(f *os.File) bool {
	at := &windows.Overlapped{Offset: lockAt}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
