package chat

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
)

func TestAClickChoosesTheMessage(t *testing.T) {
	r := open(t, 80, 24, question(1, "first"), ended(2, "one", relay.StatusOK), question(3, "second"),
		ended(4, "two", relay.StatusOK))
	x, y := r.at("first", 0)
	r.down(x, y)
	r.up(x, y)
	if r.chosen() != 1 || r.Typing() || !strings.Contains(r.screen(), "› first") {
		t.Errorf("message %d, typing %v:\n%s", r.chosen(), r.Typing(), r.screen())
	}
}

// A click does not make letters commands while there is a draft: the next words would be commands.
func TestAClickTakesNoLetters(t *testing.T) {
	for name, write := range map[string]func(r *testPane){
		"text":   func(r *testPane) { r.typed("half a thought") },
		"a file": func(r *testPane) { r.Update(tea.PasteMsg{Content: strings.Repeat("x\n", 60)}) },
	} {
		r := open(t, 80, 24, question(1, "first"), ended(2, "one", relay.StatusOK), question(3, "second"),
			ended(4, "two", relay.StatusOK))
		write(r)
		x, y := r.at("first", 0)
		r.down(x, y)
		r.up(x, y)
		r.typed("nD")
		if !r.Typing() || !strings.HasSuffix(r.compose.Text(), "nD") || len(r.store.did) > 0 {
			t.Errorf("%s: typing %v, did %q", name, r.Typing(), r.store.did)
		}
		if got := r.screen(); r.chosen() != 1 || !strings.Contains(got, "› first") {
			t.Errorf("%s: message %d is chosen:\n%s", name, r.chosen(), got)
		}
		if r.press("enter"); r.chosen() != 4 {
			t.Errorf("%s: message %d is still chosen", name, r.chosen())
		}
	}
}

// A drag or a double click changes nothing but the marking.
func TestCopyingTakesNothing(t *testing.T) {
	r := open(t, 80, 24, question(1, "first"), ended(2, "one two three", relay.StatusOK))
	r.drag("one", "two")
	if !r.Typing() || r.chosen() != 2 {
		t.Errorf("typing %v, message %d", r.Typing(), r.chosen())
	}
	x, y := r.at("two", 0)
	r.later()
	for range 3 {
		r.down(x, y)
		r.up(x, y)
	}
	if !r.Typing() || r.chosen() != 2 || r.Cursor() == nil {
		t.Errorf("typing %v, message %d", r.Typing(), r.chosen())
	}
	r.press("esc", "esc")
	r.later()
	if r.drag("one", "two"); r.Typing() || r.chosen() != 2 {
		t.Errorf("typing %v, message %d", r.Typing(), r.chosen())
	}
}

func TestAClickPlacesTheCursor(t *testing.T) {
	r := open(t, 40, 24, question(1, "hi"), ended(2, "x", relay.StatusOK))
	r.typed("words that wrap at the end of a row, so")
	r.press("ctrl+j")
	r.typed("日本語 x")
	top := 24 - r.compose.Height()
	for _, tt := range []struct {
		x, y     int // on the screen
		col, row int // of the cursor
	}{
		{2, top, 2, 0}, {0, top, 2, 0}, {8, top, 8, 0}, {39, top, 38, 0}, // before the blank at which the row ends
		{3, top + 1, 3, 1}, {30, top + 1, 4, 1}, {2, top + 2, 2, 2}, {4, top + 2, 4, 2}, {5, top + 2, 4, 2},
		{39, top + 2, 10, 2},
	} {
		r.press("esc")
		r.down(tt.x, tt.y)
		if c := r.Cursor(); c == nil || c.X != tt.col || c.Y != top+tt.row || !r.Typing() {
			t.Errorf("a click at %d, %d: cursor %+v; want %d, %d:\n%s", tt.x, tt.y-top, c, tt.col, tt.row, r.screen())
		}
	}
	was := *r.Cursor()
	r.down(5, 23)
	if now := *r.Cursor(); now.X != was.X || now.Y != was.Y {
		t.Error("a click below the text moved the cursor")
	}
	r.down(8, top)
	r.typed("!")
	if got := r.compose.Text(); !strings.HasPrefix(got, "words !that") {
		t.Errorf("it is written at another place: %q", got)
	}
	r.typed("?")
	r.down(2, top)
	r.typed("#")
	if r.press("ctrl+z"); !strings.HasPrefix(r.compose.Text(), "words !?that") {
		t.Errorf("what is written at two places is taken back at once: %q", r.compose.Text())
	}
}

func TestAClickInATallDraft(t *testing.T) {
	r := open(t, 40, 18, question(1, "hi"), ended(2, "x", relay.StatusOK))
	for i := range 9 {
		r.typed(strings.Repeat(string(rune('a'+i)), 3))
		r.press("ctrl+j")
	}
	top := 18 - r.compose.Height()
	x, y := r.at("hhh", 0)
	r.down(x+1, y)
	if c := r.Cursor(); c.X != x+1 || c.Y != y || y <= top {
		t.Errorf("cursor %+v:\n%s", c, r.screen())
	}
}

func TestTheWheelScrolls(t *testing.T) {
	r := open(t, 40, 18, question(1, "begin"), ended(2, strings.Repeat("text\n\n", 40), relay.StatusOK))
	was := r.screen()
	r.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp, X: 3, Y: 3})
	if r.screen() == was || r.read.Following() {
		t.Error("up did nothing")
	}
	r.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown, X: 3, Y: 3})
	if r.screen() != was || !r.read.Following() {
		t.Errorf("down did not go back:\n%s", r.screen())
	}
}
