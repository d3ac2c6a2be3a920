package chat

import (
	"fmt"
	"slices"
	"testing"

	"relaytop/state/session"
	"relaytop/themes"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/settings"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// gate stands between the pane and its store. While it is closed it holds no store, and any verb panics.
type gate struct {
	Library
	Talk
	compose.Drafts
	Comparing
	settings.Settings
}

// View draws the pane for all tests: twice, with the gate closed. It fails if the two differ, or if drawing changed
// anything visible. Title and Status are drawn too, as the root does.
func (r *testPane) View() string {
	r.t.Helper()
	before, open := r.visible(), *r.gate
	*r.gate = gate{}
	defer func() { *r.gate = open }()
	first := r.Model.View()
	r.frame.stale = true // so that it is drawn again
	if again := r.Model.View(); again != first {
		r.t.Fatalf("drawn twice, it differs:\n%s\n%s", first, again)
	}
	_, _ = r.Title(), r.Status()
	if after := r.visible(); after != before {
		r.t.Fatalf("drawing changed the pane from\n%s\nto\n%s", before, after)
	}
	return first
}

// visible is all that a person can see or use of the pane, except for the drawn lines.
func (r *testPane) visible() string {
	marked, what := r.read.Marked()
	row, col := -1, -1
	if c := r.Cursor(); c != nil {
		row, col = c.Y, c.X
	}
	v, selected := r.selected()
	var on []string
	for _, a := range r.Actions() {
		if a.On() {
			on = append(on, a.Name+" "+a.Word())
		}
	}
	return fmt.Sprintln(r.read.Following(), r.read.AtHit(), r.read.Sought(), marked, what, row, col, v.ID, selected,
		r.Typing(), r.compose.Text(), r.compose.Files(), r.compose.Height(), r.compare.At(), r.count, on)
}

// A new theme is drawn from the next Refresh on, not in a View before it.
func TestThemeComesWithRefresh(t *testing.T) {
	for name, r := range map[string]*testPane{
		"empty": open(t, 80, 24),
		"read":  open(t, 80, 24, question(1, "hi"), ended(2, "x", "ok")),
		"wide":  compared(t, 116, 32, sideBySide(3)),
	} {
		was := r.View()
		light, err := themes.Load("light")
		if err != nil {
			t.Fatal(err)
		}
		r.env.Styles = style.New(light, style.Options{Generation: 2})
		r.frame.stale = true
		if r.View() != was {
			t.Errorf("%s: drawn in the new theme before it was refreshed", name)
		}
		r.Refresh(&r.snap)
		if r.View() == was {
			t.Errorf("%s: still drawn in the old theme", name)
		}
	}
}

// The palette runs an action without Update. Its effect on which actions are on is there at once.
func TestAnActionArrangesThePane(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), live(2, "one", session.Streaming))
	action := func(name string) *pane.Action {
		list := r.Actions()
		return &list[slices.IndexFunc(list, func(a pane.Action) bool { return a.Name == name })]
	}
	if !action("chat.look").On() {
		t.Fatal("the composer cannot be left")
	}
	action("chat.look").Do()
	if action("chat.look").On() || action("chat.newline").On() {
		t.Error("it is left, and its actions are still on")
	}
}
