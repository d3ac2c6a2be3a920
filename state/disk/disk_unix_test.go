//go:build unix

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnlyOurOwnFilesAreOpened(t *testing.T) {
	dir := folder(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("file"), []byte("x"), 0o600), os.Symlink(at("file"), at("link")),
		syscall.Mkfifo(at("pipe"), 0o600), os.Symlink(at("nothing"), at("dangling"))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"file": nil, "made": nil, "link": ErrLink, "dangling": ErrLink, "pipe": ErrKind,
	} {
		opened := make(chan error, 1)
		go func() {
			f, err := Open(at(name), os.O_RDWR|os.O_CREATE)
			if err == nil {
				err = f.Close()
			}
			opened <- err
		}()
		select {
		case err := <-opened:
			if !errors.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: still waiting", name)
		}
	}
	if info, err := os.Stat(at("made")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("made with mode %v, %v", info.Mode(), err)
	}
}

func TestOnlyOurOwnFoldersAreTaken(t *testing.T) {
	dir := folder(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("file"), nil, 0o600), os.Symlink(dir, at("link"))); err != nil {
		t.Fatal(err)
	}
	if err := MakeDir(at("a/b")); err != nil {
		t.Error(err)
	}
	if err := MakeDir(at("link")); !errors.Is(err, ErrLink) {
		t.Errorf("a link: %v", err)
	}
	if err := MakeDir(at("file")); err == nil {
		t.Error("a file is taken for a folder")
	}
	if err := MakeDir(foreign(t, at("a"))); !errors.Is(err, ErrOwner) {
		t.Errorf("a folder of another user: %v", err)
	}
}

func TestAFileOfAnotherUserIsNotOpened(t *testing.T) {
	path := "/etc/passwd" // root's, unless we are root
	if os.Geteuid() == 0 {
		path = filepath.Join(folder(t), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		foreign(t, path)
	}
	f, err := Open(path, os.O_RDONLY)
	if !errors.Is(err, ErrOwner) {
		t.Errorf("opened: %v", err)
	}
	if err == nil {
		_ = f.Close()
	}
}

// TestALockIsTakenWhileLockedTestsIt: Locked holds it for a moment.
func TestALockIsTakenWhileLockedTestsIt(t *testing.T) {
	path := filepath.Join(folder(t), "lock")
	synctest.Test(t, func(t *testing.T) {
		looker, err := Open(path, os.O_RDWR|os.O_CREATE)
		if err != nil {
			t.Fatal(err)
		}
		if isLocked(looker) {
			t.Fatal("nobody has it, and it is locked")
		}
		time.AfterFunc(3*time.Millisecond, func() { _ = looker.Close() })
		l, err := TakeLock(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Release(); err != nil {
			t.Error(err)
		}
	})
}

// foreign is a file or folder of another user: root's, or one that root gives away.
func foreign(t *testing.T, dir string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		return "/"
	}
	if err := os.Chown(dir, 1, 1); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCauseHasNoPath(t *testing.T) {
	_, err := os.Open("/nowhere/at/all")
	if got := Cause(err); !errors.Is(got, syscall.ENOENT) || errors.Unwrap(got) != nil {
		t.Errorf("%v", got)
	}
	got := Cause(os.Rename("/nowhere/at/all", "/nowhere/else"))
	if !errors.Is(got, syscall.ENOENT) || errors.Unwrap(got) != nil {
		t.Errorf("%v", got)
	}
	if got := Cause(errDisk); !errors.Is(got, errDisk) || errors.Unwrap(got) != nil {
		t.Errorf("%v", got)
	}
}
