package batch

import (
	"fmt"
	"testing"

	"relaytop/ui/uitest"
)

// TestCells compares the pane cell by cell, inside a screen of 80x24 and over the whole of one of 160x45.
func TestCells(t *testing.T) {
	for _, look := range uitest.Looks() {
		for _, s := range [][2]int{{78, 19}, {156, 41}} {
			view := scene(t, "selected", look.Options, look.Theme, s[0], s[1]).View()
			uitest.GoldenCells(t, fmt.Sprintf("selected-%s-%dx%d", look.Name, s[0], s[1]), view)
		}
	}
}
