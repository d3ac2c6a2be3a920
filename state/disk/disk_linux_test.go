package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTheSystemIsAskedToSync: a sync is visible only by its errors, and /proc can't be synced.
func TestTheSystemIsAskedToSync(t *testing.T) {
	if err := (operating{}).SyncDir("/proc"); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a folder that can't be synced: %v", err)
	}
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (operating{}).Sync(f); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a file that can't be synced: %v", err)
	}
}

// TestOpenFollowsNoLink, not even one that replaces a file after it was checked: the system keeps the flag with the
// open file.
func TestOpenFollowsNoLink(t *testing.T) {
	f, err := Open(filepath.Join(folder(t), "file"), os.O_RDWR|os.O_CREATE)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0); err != nil || flags&unix.O_NOFOLLOW == 0 {
		t.Errorf("opened with flags %#x, %v", flags, err)
	}
}
