package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/state/archive"
)

// written returns what write prints into a file.
func written(t *testing.T, write func(*console) error) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := &console{}
	c.Stdout = out
	if err := write(c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestUsageTellsOfCachedAnswers(t *testing.T) {
	for cached, want := range map[int64]bool{0: false, 3: true} {
		got := written(t, func(c *console) error {
			return printUsage(c.stdout(), &archive.Report{Usage: archive.Usage{OK: 5, Cached: cached}}, "")
		})
		if strings.Contains(got, "3 of the requests were answered from our own cache") != want {
			t.Errorf("%d cached answers:\n%s", cached, got)
		}
	}
}
