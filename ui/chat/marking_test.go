package chat

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func (r *testPane) down(x, y int) []tea.Msg {
	return r.run(r.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}))
}

func (r *testPane) move(x, y int) []tea.Msg {
	return r.run(r.Update(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft}))
}

// up is what is copied when the button goes up.
func (r *testPane) up(x, y int) (s, what string) {
	for _, msg := range r.run(r.Update(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})) {
		if c, ok := msg.(pane.CopyMsg); ok {
			return c.Text, c.What
		}
	}
	return "", ""
}

// at is the first cell of a text on the screen, in the n-th line that has it.
func (r *testPane) at(s string, n int) (x, y int) {
	r.t.Helper()
	for y, l := range strings.Split(r.screen(), "\n") {
		if i := strings.Index(l, s); i >= 0 {
			if n--; n < 0 {
				return ansi.StringWidth(l[:i]), y
			}
		}
	}
	r.t.Fatalf("%q is not on the screen:\n%s", s, r.screen())
	return 0, 0
}

// drag marks from the first cell of one text to the last one of another.
func (r *testPane) drag(from, to string) string {
	r.t.Helper()
	r.later()
	x, y := r.at(from, 0)
	r.down(x, y)
	x, y = r.at(to, 0)
	x += ansi.StringWidth(to) - 1
	r.move(x, y)
	s, _ := r.up(x, y)
	return s
}

// later is long enough for the next click to be a first one.
func (r *testPane) later() { r.snap.At = r.snap.At.Add(time.Minute) }

// shown is what stands on the ground of what is marked, line by line.
func (r *testPane) shown() string {
	return uitest.OnGround(r.env.Styles, style.Sel, r.View())
}

const talk = "A limit per request is not enough: 50 workers with **3 attempts** each are still `150 calls` at the " +
	"worst moment.\n\n" +
	"- a first attempt earns 0.2 of a retry, and that is all that there is to it\n\n```go\nfunc spend(ctx " +
	"context.Context, n int, budget *Budget) error {\n\treturn nil\n}\n```\n\nDone."

// New text neither moves nor ends a marking, until the marked lines change.
func TestNewTextLeavesTheMarkingAlone(t *testing.T) {
	head := strings.Repeat("A paragraph.\n\n", 5)
	r := open(t, 42, 16, question(1, "hi"), live(2, head+"marked words here\n\nand open", session.Streaming))
	grow := func(s string) {
		v := &r.store.views[1]
		v.Text += s
		v.Version++
		r.grow()
	}
	x, y := r.at("marked", 0)
	r.down(x, y)
	grow(" more")
	r.move(x+3, y)
	grow(strings.Repeat("\n\nnew", 10))
	if at, now := r.at("marked", 0); at != x || now != y {
		t.Errorf("what is being marked moved from line %d to %d", y, now)
	}
	x, _ = r.at("words", 0)
	r.move(x+4, y)
	if got, _ := r.up(x+4, y); got != "marked words" || r.shown() != got {
		t.Fatalf("copied %q, marked %q", got, r.shown())
	}
	grow(strings.Repeat("\n\nnew", 10))
	if got := r.screen(); r.shown() != "marked words" || !strings.Contains(got, "new lines - end to follow") {
		t.Errorf("%q is marked:\n%s", r.shown(), got)
	}
	r.press("esc")
	if got := r.screen(); r.shown() != "" || len(r.store.did) != 0 || !strings.Contains(got, "streaming") {
		t.Errorf("did %q, and does not follow:\n%s", r.store.did, got)
	}
	grow("\n\nlast lin") // the last letter may still get a mark
	if got := r.drag("last li", "last li"); got != "last li" {
		t.Fatalf("copied %q", got)
	}
	grow("e")
	if got := r.shown(); got != "last li" {
		t.Errorf("%q is marked: those cells are as they were", got)
	}
	grow("\n===\n") // it becomes a heading, which looks otherwise and says the same
	if got := r.shown(); got != "last li" {
		t.Errorf("%q is marked", got)
	}
	r.later()
	if got := r.drag("new", "last line"); !strings.HasSuffix(got, "new\n\nlast line") {
		t.Fatalf("copied %q", got)
	}
	r.store.views[1].Text = "another answer"
	grow("")
	if got := r.shown(); got != "" {
		t.Errorf("%q is marked", got)
	}
}

func TestAMarkingEnds(t *testing.T) {
	mark := func() *testPane {
		r := open(t, 42, 30, question(1, "what now?"), ended(2, talk, relay.StatusOK))
		r.typed("draft")
		if r.drag("limit", "request"); r.shown() == "" {
			t.Fatal("nothing is marked")
		}
		return r
	}
	for name, end := range map[string]func(r *testPane){
		"esc":          func(r *testPane) { r.press("esc") },
		"a letter":     func(r *testPane) { r.typed("x") },
		"a paste":      func(r *testPane) { r.Update(tea.PasteMsg{Content: "p"}) },
		"a click":      func(r *testPane) { r.down(10, 3) },
		"the composer": func(r *testPane) { r.down(10, 28) },
		"the border":   func(r *testPane) { r.down(10, 0) },
		"the width":    func(r *testPane) { r.Resize(50, 30) },
		"the focus":    func(r *testPane) { r.Focus(false) },
	} {
		r := mark()
		if end(r); r.shown() != "" {
			t.Errorf("%s did not end it", name)
		}
		if !r.compose.Typing() {
			t.Errorf("%s took the letters", name)
		}
	}
	for name, keep := range map[string]func(r *testPane){
		"the wheel":   func(r *testPane) { r.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp}) },
		"the height":  func(r *testPane) { r.Resize(42, 28) },
		"a new frame": func(r *testPane) { r.refresh() },
		"a motion":    func(r *testPane) { r.Update(tea.MouseMotionMsg{X: 3, Y: 9}) },
	} {
		r := mark()
		if keep(r); r.shown() != "limit per request" {
			t.Errorf("%s ended it: %q", name, r.shown())
		}
	}
	r := open(t, 42, 30, question(1, "what now?"), ended(2, talk, relay.StatusOK))
	r.press("esc")
	r.drag("limit", "request")
	for _, msg := range r.press("y") {
		if c, ok := msg.(pane.CopyMsg); ok && c.Text != "limit per request" {
			t.Errorf("y copied %q", c.Text)
		}
	}
	if r.shown() != "" {
		t.Error("y did not end it")
	}
}
