package uitest

import (
	"os"
	"path/filepath"
	"testing"
)

// update is the environment variable that makes Golden write instead of compare.
const update = "UPDATE_GOLDEN"

// Golden compares the plain text of a view with testdata/NAME.golden. Run with UPDATE_GOLDEN=1 to write it anew.
func Golden(t *testing.T, name, view string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	got := plain(view) + "\n"
	if os.Getenv(update) != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("no golden screen (UPDATE_GOLDEN=1 writes it): %v", err)
	}
	if got != string(want) {
		t.Errorf("%s differs\n--- want\n%s--- got\n%s", path, want, got)
	}
}

// Golden compares the whole screen.
func (d *Driver) Golden(name string) {
	d.t.Helper()
	Golden(d.t, name, d.model.View().Content)
}
