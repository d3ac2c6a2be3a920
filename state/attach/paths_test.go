package attach

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPathsAsTerminalsDropThem(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for in, want := range map[string][]string{
		"/a/b.txt":                           {"/a/b.txt"},
		" /a/b.txt \r\n":                     {"/a/b.txt"},
		"/a/my file.txt":                     {"/a/my file.txt"},
		`'/a/my file.txt' `:                  {"/a/my file.txt"},
		`/a/my\ file.txt`:                    {"/a/my file.txt"},
		`"/a/\$x \"y\".txt"`:                 {`/a/$x "y".txt`},
		`'/a/it'\''s.txt'`:                   {"/a/it's.txt"},
		"file:///a/my%20file.txt":            {"/a/my file.txt"},
		"file://localhost/a/b":               {"/a/b"},
		"~/x":                                {"/home/me/x"},
		"./x/../y.go":                        {"y.go"},
		"'/a/b' '/c/d'":                      {"/a/b", "/c/d"},
		"file:///a/b\r\nfile:///c%20d\r\n":   {"/a/b", "/c d"},
		"/a/b\n/c d":                         {"/a/b", "/c d"},
		"/tiếng việt/người.md":               {"/tiếng việt/người.md"},
		"word":                               nil,
		"two words":                          nil,
		"":                                   nil,
		"https://example.com/a":              nil,
		"file://elsewhere.example/a":         nil,
		"file://":                            nil,
		"see /a/b for it":                    nil,
		"/a\x00b":                            nil,
		"/" + strings.Repeat("x", mostTyped): nil,
	} {
		got := Paths(in)
		if want == nil && len(got) > 0 {
			// A line with a slash may be the name of a file; Paths can't tell.
			if strings.Contains(in, " ") && len(got) == 1 {
				continue
			}
			t.Errorf("%.60q was read as %q", in, got)
		}
		if want != nil && !slices.ContainsFunc(got, func(r []string) bool { return slices.Equal(r, want) }) {
			t.Errorf("%q was read as %q, want %q", in, got, want)
		}
	}
}

func TestTheReadingThatExistsIsMeant(t *testing.T) {
	path := write(t, "a b.txt", "x")
	other := write(t, "c.txt", "x")
	for in, want := range map[string][]string{
		path: {path}, strings.ReplaceAll(path, " ", `\ `): {path}, "'" + path + "' " + other: {path, other},
		path + "/no": nil, path + " and more": nil,
	} {
		if got := Existing(Paths(in)); !slices.Equal(got, want) {
			t.Errorf("%q was read as %q, want %q", in, got, want)
		}
	}
}

// FuzzPaths: any pasted text gives a bounded number of clean paths without a NUL, and a quoted path is found.
func FuzzPaths(f *testing.F) {
	for _, s := range []string{"/a/b", `'/a b' "/c\"d"`, "file:///x%20y", "~/z", "/a\n/b", `\`, `"`, "file://h/%zz",
		"/\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, reading := range Paths(s) {
			if len(reading) == 0 || len(reading) > mostPaths {
				t.Fatalf("%d paths", len(reading))
			}
			for _, p := range reading {
				if p == "" || strings.ContainsRune(p, 0) || p != filepath.Clean(p) {
					t.Fatalf("%q became the path %q", s, p)
				}
			}
		}
		if strings.ContainsRune(s, 0) || len(s) > mostTyped/8 {
			return
		}
		want := filepath.Clean("/" + s)
		quoted := "'" + strings.ReplaceAll(want, "'", `'\''`) + "'"
		if !slices.ContainsFunc(Paths(quoted), func(r []string) bool { return slices.Equal(r, []string{want}) }) {
			t.Fatalf("%q was not found in %q: %q", want, quoted, Paths(quoted))
		}
	})
}
