package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update is the environment variable that makes the golden tests write their files instead of comparing.
const update = "UPDATE_GOLDEN"

// Golden compares the plain text of a view with testdata/NAME.golden. Run with UPDATE_GOLDEN=1 to write the file.
func Golden(t *testing.T, name, view string) {
	t.Helper()
	compare(t, name+".golden", plain(view)+"\n")
}

// Golden compares the text of the whole screen.
func (d *Driver) Golden(name string) {
	d.t.Helper()
	Golden(d.t, name, d.model.View().Content)
}

// compare compares a text with a file of testdata, or writes the file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s differs:\n%s", path, difference(string(want), got))
	}
}

// difference lists the lines that differ with their numbers, or both texts if they have different numbers of lines.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	if len(w) != len(g) {
		return "--- want\n" + want + "--- got\n" + got
	}
	var b strings.Builder
	for i := range w {
		if w[i] != g[i] {
			fmt.Fprintf(&b, "%4d - %s\n     + %s\n", i+1, w[i], g[i])
		}
	}
	return b.String()
}
