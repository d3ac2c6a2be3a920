package themes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEveryTheme(t *testing.T) {
	names := Names()
	for _, need := range []string{Default, Light, Mono} {
		if !slices.Contains(names, need) {
			t.Errorf("no theme %s", need)
		}
	}
	for _, name := range names {
		theme, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if theme.Kind == KindMono {
			continue
		}
		for _, d := range Roles() {
			var grounds []Role
			switch {
			case d.Read:
				grounds = []Role{Bg, Panel, Sel}
			case d.On != "":
				grounds = []Role{d.On}
			}
			for _, ground := range grounds {
				if got := Contrast(theme.Colors[d.Role], theme.Colors[ground]); got < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, under 4.5", name, d.Role, ground, got)
				}
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	good, err := files.ReadFile("dark.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, old, new, want string }{
		{"not TOML", `title = "Dark"`, `title = `, "x.toml:3:"},
		{"unknown key", `kind = "dark"`, "kind = \"dark\"\nfont = \"mono\"", `x.toml:5: no key "font"`},
		{"kind", `kind = "dark"`, `kind = "dusk"`, `x.toml:4: kind "dusk"`},
		{"palette colour", `"#1a1b26"`, `"#1a1b2"`, `x.toml:7: palette colour night: "#1a1b2"`},
		{"ansi range", `"#1a1b26"`, `"ansi:16"`, `ansi: takes 0 to 15`},
		{"unknown role", `muted        =`, `mutter       =`, `no role "mutter"`},
		{"missing role", `muted        =`, `# muted      =`, `x.toml:34: [roles] has no muted`},
		{"no such palette name", `"silver"       `, `"gold"         `, `role muted: "gold" is neither`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(string(good), tc.old, tc.new, 1)
			if text == string(good) {
				t.Fatal("the case changes nothing")
			}
			_, err := Parse("x.toml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "x.toml:") {
				t.Errorf("got %v, want it to hold %q", err, tc.want)
			}
		})
	}
}

func TestDir(t *testing.T) {
	dir := Dir(t.TempDir())
	own := strings.Replace(mustRead(t, "light.toml"), `"Light"`, `"Mine"`, 1)
	for _, name := range []string{"mine", "light"} {
		if err := os.WriteFile(filepath.Join(string(dir), name+".toml"), []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if names := dir.Names(); !slices.Contains(names, "mine") || !slices.Contains(names, "dark") ||
		len(names) != len(Names())+1 {
		t.Errorf("names %v", names)
	}
	if theme, err := dir.Load("light"); err != nil || theme.Title != "Mine" {
		t.Errorf("the folder's own light does not win: %v %v", theme, err)
	}
	for _, bad := range []string{"", "nosuch", "../light", ".hidden"} {
		if _, err := dir.Load(bad); err == nil {
			t.Errorf("%q loads", bad)
		}
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	data, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestAByteOrderMark: an editor on Windows puts one in front of a file.
func TestAByteOrderMark(t *testing.T) {
	theme, err := Parse("x.toml", []byte("\ufefftitle = \"Mine\"\nkind = \"mono\"\n"))
	if err != nil || theme.Title != "Mine" || theme.Kind != KindMono {
		t.Errorf("%+v, %v", theme, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		data, err := files.ReadFile(name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		theme, err := Parse("f.toml", data)
		if err == nil && theme.Kind != KindMono && len(theme.Colors) != len(Roles()) {
			t.Errorf("%d colours without an error", len(theme.Colors))
		}
	})
}
