package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAFailedExportLeavesTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "rows.csv")
	link := filepath.Join(dir, "link.csv")
	broken := errors.New("disk full")
	words := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, bad := io.WriteString(w, s)
			return errors.Join(bad, err)
		}
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what, path string
		force      bool
		write      func(io.Writer) error
		code       int
		holds      string
	}{
		{"a new file that fails", file, false, words("ne", broken), exitFailed, ""},
		{"a new file", file, false, words("new", nil), exitOK, "new"},
		{"one that is there", file, false, words("second", nil), exitUsage, "new"},
		{"a failure in the middle", file, true, words("ha", broken), exitFailed, "new"},
		{"by force", file, true, words("forced", nil), exitOK, "forced"},
		{"through a link", link, true, words("linked", nil), exitOK, "linked"},
		{"into a device", os.DevNull, true, words("nothing", nil), exitOK, "linked"},
		{"in no folder", filepath.Join(dir, "none", "a"), true, words("x", nil), exitUsage, "linked"},
		{"a folder", dir, true, words("x", nil), exitUsage, "linked"},
	} {
		if err := toFile(tt.path, tt.force, tt.write); codeOf(err) != tt.code {
			t.Errorf("%s: %v, exit %d", tt.what, err, codeOf(err))
		}
		if raw, _ := os.ReadFile(file); string(raw) != tt.holds {
			t.Errorf("%s: the file holds %q", tt.what, raw)
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device was replaced: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
