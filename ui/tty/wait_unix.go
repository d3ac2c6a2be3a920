//go:build unix

package tty

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// readable waits until a file can be read, for at most so long. It selects, because polling does not work on the
// terminals of every system.
func readable(fd uintptr, long time.Duration) bool {
	if fd >= unix.FD_SETSIZE {
		return false
	}
	end := time.Now().Add(long)
	for {
		var set unix.FdSet
		set.Set(int(fd))
		left := unix.NsecToTimeval(max(time.Until(end), 0).Nanoseconds())
		n, err := unix.Select(int(fd)+1, &set, nil, nil, &left)
		if !errors.Is(err, unix.EINTR) {
			return err == nil && n > 0
		}
	}
}
