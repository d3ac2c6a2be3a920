package job

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/state/disk"
)

// folders is the operating system; it records which folders were synced, and fails the first sync if asked to.
type folders struct {
	synced []string
	err    error
}

func (s *folders) Sync(f *os.File) error { return f.Sync() }

func (s *folders) SyncDir(path string) error {
	s.synced = append(s.synced, path)
	err := s.err
	s.err = nil
	return err
}

func (s *folders) Rename(from, to string) error { return os.Rename(from, to) }
func (s *folders) Link(from, to string) error   { return os.Link(from, to) }

// piped is a book whose input was read from a pipe and copied: there is no other copy.
func piped(t *testing.T, sys disk.System) *Book {
	t.Helper()
	b := open(t, t.TempDir(), newFake(echo), func(c *Config) {
		c.Stdin, c.files = strings.NewReader("one\ntwo\n"), disk.Files{System: sys}
	})
	if p, err := b.Preflight(t.Context(), Options{Input: "-"}); err != nil || p.Rows != 2 {
		t.Fatalf("%v %+v", err, p)
	}
	return b
}

func TestTheCopyOfAPipedInputMovesDurably(t *testing.T) {
	sys := &folders{}
	b := piped(t, sys)
	id := start(t, b, Options{Input: "-"})
	if h := wait(t, b, id); h.OK != 2 {
		t.Fatalf("%+v", h)
	}
	if want := []string{filepath.Join(b.cfg.Dir, id), b.cfg.Dir}; !slices.Equal(sys.synced, want) {
		t.Errorf("synced %q, want %q", sys.synced, want)
	}
}

func TestTheCopyOfAPipedInputOutlivesARunThatDidNotStart(t *testing.T) {
	b := piped(t, &folders{err: errors.New("the disk is full")})
	h := wait(t, b, start(t, b, Options{Input: "-"}))
	if h.State != Broken || !strings.Contains(h.Reason, "the disk is full") {
		t.Fatalf("%+v", h)
	}
	if h = wait(t, b, start(t, b, Options{Input: "-"})); h.OK != 2 {
		t.Errorf("%+v", h)
	}
}
