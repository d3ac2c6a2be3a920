package overlay

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/pane"
)

func TestHelpCutsNothing(t *testing.T) {
	long := action("ctrl+alt+x", "Describe an action in more words than there is space for on one line of the help",
		"chat", "nothing is written yet, and the relay's models are not known yet either")
	for _, w := range []int{60, 80, 120, 160} {
		d := Help(Groups(append(actions(), long))).(*help)
		d.restyle(look(t, "dark"))
		box := d.View(w, 200)
		got := ansi.Strip(box.Body)
		if strings.Contains(got, "…") {
			t.Errorf("%d wide: something is cut:\n%s", w, got)
		}
		for _, l := range strings.Split(got, "\n") {
			if ansi.StringWidth(l) > box.W-4 {
				t.Errorf("%d wide: a line of %d cells: %q", w, ansi.StringWidth(l), l)
			}
		}
		for _, word := range strings.Fields(long.Title + " off: " + long.Why() +
			" off: it is still streaming off: no run is going") {
			if !strings.Contains(got, word) {
				t.Errorf("%d wide: %q is missing:\n%s", w, word, got)
			}
		}
	}
}

func TestHelpShowsTheKeyThatDoesIt(t *testing.T) {
	pair := pane.Action{Title: "Longer window", Binding: pane.BindAs("h/l", "window", "l", "right")}
	slash := pane.Action{Title: "Go to a row", Binding: pane.Bind("go", "/")}
	for want, a := range map[string]*pane.Action{"l": &pair, "/": &slash} {
		if got := ownKey(a); got != want {
			t.Errorf("%s: shows %q, want %q", a.Title, got, want)
		}
	}
}
