package job

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"relaytop/state/job/input"
)

// TestTheNewestRunIsFoundAcrossZones: three runs of one file, each started later than the one before, on a machine
// that moves west and whose clock is set back for the winter; then one whose id is in local time, as of an earlier
// version.
func TestTheNewestRunIsFoundAcrossZones(t *testing.T) {
	dir := t.TempDir()
	in := file(t, dir, "in.txt", "one\n")
	at := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	zones := []*time.Location{time.FixedZone("CEST", 2*3600), time.FixedZone("CET", 3600), time.FixedZone("EST", -5*3600)}
	var ids []string
	for i, zone := range zones {
		now := at.Add(time.Duration(i) * time.Hour).In(zone)
		b := open(t, dir, newFake(echo), func(c *Config) { c.Now = func() time.Time { return now } })
		id := start(t, b, Options{Input: in, Force: true})
		wait(t, b, id)
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(ids) > 0 && id <= ids[len(ids)-1] {
			t.Errorf("%s was started after %s and sorts before it", id, ids[len(ids)-1])
		}
		ids = append(ids, id)
	}
	check := func(want string) {
		t.Helper()
		b := open(t, dir, newFake(echo), nil)
		if id, err := b.folders.newest(in, input.Shard{}, false); err != nil || id != want {
			t.Errorf("last is %s (%v), want %s", id, err, want)
		}
		if list := b.Headers(); len(list) != len(ids) || list[0].ID != want {
			t.Errorf("the list begins with %s, want %s", list[0].ID, want)
		}
	}
	check(ids[2])
	// An id in local time of a zone to the east sorts after all others, and its run is the oldest.
	old := "20261025-230000-olds"
	if err := os.CopyFS(filepath.Join(dir, "runs", old), os.DirFS(filepath.Join(dir, "runs", ids[0]))); err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(filepath.Join(dir, "runs", old))
	if err != nil {
		t.Fatal(err)
	}
	m.ID, m.Created = old, at.Add(-2*time.Hour)
	if err := writeJSON(filepath.Join(dir, "runs", old, manifestName), m); err != nil {
		t.Fatal(err)
	}
	ids = append(ids, old)
	check(ids[2])
}

// TestLeftoversAreRemoved: what killed programs left before their run was started, after a day. A run stays, whatever
// of it is damaged, and so does what somebody else put there.
func TestLeftoversAreRemoved(t *testing.T) {
	dir, _, id := stoppedRun(t)
	runs := filepath.Join(dir, "runs")
	const begun, young, paid = "20261001-120000-aaaa", "20261001-120000-bbbb", "20261001-120000-cccc"
	for _, name := range []string{begun, young, paid, "somebody"} {
		if err := os.Mkdir(filepath.Join(runs, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	file(t, filepath.Join(runs, begun), spoolName, "one\n")
	file(t, filepath.Join(runs, paid), journalName, "something\n")
	file(t, runs, "input-123.spool", "one\n")
	file(t, runs, "notes.txt", "mine")
	if err := os.Remove(filepath.Join(runs, id, manifestName)); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range []string{begun, paid, id, "somebody", "input-123.spool", "notes.txt"} {
		if err := os.Chtimes(filepath.Join(runs, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir, newFake(echo), nil)
	entries, err := os.ReadDir(runs)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{young, paid, id, "notes.txt", "somebody"}; !slices.Equal(names, want) {
		t.Errorf("what is left: %v, want %v", names, want)
	}
}
