package cli

import (
	"bytes"
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

// TestUsageDrawsShares on a terminal that is wide enough, and nowhere else.
func TestUsageDrawsShares(t *testing.T) {
	r := archive.Report{Usage: archive.Usage{OK: 2, Known: 2, Cost: 4}, Groups: []archive.Group{
		{Key: "a", Usage: archive.Usage{OK: 1, Known: 1, Cost: 3}},
		{Key: "b", Usage: archive.Usage{OK: 1, Known: 1, Cost: 1}}}}
	for _, c := range []struct {
		out  output
		want bool
	}{{output{terminal: true, width: 160, ascii: true}, true}, {output{terminal: true, width: 80, ascii: true}, false},
		{output{ascii: true}, false}} {
		var b bytes.Buffer
		c.out.w = &b
		if err := printUsage(&c.out, &r, "model"); err != nil {
			t.Fatal(err)
		}
		shown := strings.Contains(b.String(), " 75 %  #########\n") && strings.Contains(b.String(), " 25 %  ###\n")
		if shown != c.want || strings.Contains(b.String(), "#") != c.want {
			t.Errorf("width %d: shares %v\n%s", c.out.width, shown, b.String())
		}
	}
}
