package uitest

import (
	"testing"

	"relaytop/themes"
	"relaytop/ui/style"
)

// Look is a theme with options that golden screens are compared in, cell by cell.
type Look struct {
	Name    string // part of the file's name
	Theme   string
	Options style.Options
}

// Looks returns dark, light, mono, and dark with 256 colours.
func Looks() []Look {
	return []Look{
		{Name: "dark", Theme: "dark"},
		{Name: "light", Theme: "light"},
		{Name: "mono", Theme: "mono"},
		{Name: "256", Theme: "dark", Options: style.Options{Indexed: true}},
	}
}

// Styles makes the styles of the look.
func (l Look) Styles(t testing.TB) *style.Styles {
	t.Helper()
	theme, err := themes.Load(l.Theme)
	if err != nil {
		t.Fatal(err)
	}
	return style.New(theme, l.Options)
}
