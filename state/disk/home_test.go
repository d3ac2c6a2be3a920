package disk

import (
	"path/filepath"
	"testing"
)

func TestExpandHome(t *testing.T) {
	for _, c := range []struct{ path, home, want string }{
		{"~", "/home/me", "/home/me"},
		{"~/a/b", "/home/me", "/home/me/a/b"},
		{"~you/a", "/home/me", "~you/a"},
		{"a/~/b", "/home/me", "a/~/b"},
		{"/a", "/home/me", "/a"},
		{"", "/home/me", ""},
		{"~/a", "", "~/a"},
	} {
		if got := filepath.ToSlash(ExpandHome(c.path, c.home)); got != c.want {
			t.Errorf("%q at home in %q is %q, want %q", c.path, c.home, got, c.want)
		}
	}
}
