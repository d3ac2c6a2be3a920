package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALockIsHeldOnce(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	if Locked(path) {
		t.Error("a lock that is not there is held")
	}
	first, err := TakeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = TakeLock(path)
	var locked *LockedError
	if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, fmt.Sprintf("process %d on ", os.Getpid())) {
		t.Errorf("taken twice: %v", err)
	}
	if !Locked(path) {
		t.Error("nobody seems to hold it")
	}
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	if Locked(path) {
		t.Error("it is held after it was released")
	}
	again, err := TakeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestAHolderWithoutAName(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	l, err := TakeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := TakeLock(path); err == nil || err.Error() != "locked by a process that left no name" {
		t.Errorf("error %v", err)
	}
}

func TestALockNamesOnlyItsHolder(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	before := "process 1 on a machine with a name that is longer than any that we could have" + strings.Repeat(".", 256)
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := TakeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	b, err := os.ReadFile(path)
	who := fmt.Sprintf("process %d on ", os.Getpid())
	if err != nil || !strings.HasPrefix(string(b), who) || strings.Contains(string(b), "...") {
		t.Errorf("signed %q, %v", b, err)
	}
}
