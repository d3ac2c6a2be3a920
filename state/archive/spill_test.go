package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/session"
)

// system is the operating system; it records the order of the calls.
type system struct{ calls []string }

func (s *system) Sync(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s.calls = append(s.calls, fmt.Sprintf("sync, written: %v", info.Size() > 0))
	return f.Sync()
}

func (s *system) SyncDir(string) error {
	s.calls = append(s.calls, "sync folder")
	return nil
}

func (s *system) Rename(from, to string) error {
	s.calls = append(s.calls, "rename")
	return os.Rename(from, to)
}

func (s *system) Link(from, to string) error { return os.Link(from, to) }

// What the database could not store is durable when Close and SaveUnsaved return: the file's content, then its name.
func TestWhatIsSpilledIsSynced(t *testing.T) {
	durable := []string{"sync, written: true", "rename", "sync folder"}
	calls := &system{}
	a, err := Open(filepath.Join(t.TempDir(), "a.db"), Options{Files: disk.Files{System: calls}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.SaveUnsaved(nil, nil, map[string]string{"draft/c": "words"})
	if err != nil || !slices.Equal(calls.calls, durable) {
		t.Errorf("put aside: %q, %v", calls.calls, err)
	}
	if _, err := a.db.sql.Exec("ALTER TABLE requests RENAME TO away"); err != nil {
		t.Fatal(err)
	}
	calls.calls = nil
	a.Record(result(relay.StatusOK, 1), session.RecordContext{})
	if err := a.Close(t.Context()); err == nil || !strings.Contains(err.Error(), ": 1 request kept in ") {
		t.Errorf("closed with %v", err)
	}
	if !slices.Equal(calls.calls, durable) {
		t.Errorf("spilled: %q", calls.calls)
	}
}
