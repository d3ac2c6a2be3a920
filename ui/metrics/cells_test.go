package metrics

import (
	"fmt"
	"testing"

	"relaytop/ui/pane"
	"relaytop/ui/uitest"
)

// TestCells compares the pane cell by cell, inside a screen of 80x24 and over the whole of one of 160x45.
func TestCells(t *testing.T) {
	for _, look := range uitest.Looks() {
		env := &pane.Env{Styles: look.Styles(t)}
		for _, s := range [][2]int{{78, 20}, {156, 41}} {
			view := show(env, busy, s[0], s[1], troubled()...).View()
			uitest.GoldenCells(t, fmt.Sprintf("busy-%s-%dx%d", look.Name, s[0], s[1]), view)
		}
	}
}
