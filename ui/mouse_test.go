package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// TestMarkingInTheChat: a drag that leaves the pane still belongs to it, and a toast says what was copied.
func TestMarkingInTheChat(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}} {
		in(t, size.w, size.h, func(d *dashboard) {
			d.Type("hi")
			d.Press("enter")
			answer := "Those already streaming go on: the limit counts new requests. Hold new sends for 20 s, let one " +
				"probe through, then open up slowly."
			d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1},
				relay.Event{Kind: relay.Text, Text: answer}, done(d, answer))
			x, y := -1, -1
			for k, l := range strings.Split(d.Screen(), "\n") {
				if i := strings.Index(l, "already"); i >= 0 {
					x, y = ansi.StringWidth(l[:i]), k
				}
			}
			if y < 0 {
				t.Fatalf("no answer:\n%s", d.Screen())
			}
			d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			d.Send(tea.MouseMotionMsg{X: size.w - 1, Y: y, Button: tea.MouseLeft})
			fits(t, d, size.w, size.h)
			d.Send(tea.MouseReleaseMsg{X: size.w - 1, Y: y, Button: tea.MouseLeft})
			d.Expect("the marked text: ", " characters ")
			if d.root.layout.focus != paneChat || d.root.pointer.grip != noPane || !d.root.panes[paneChat].Typing() {
				t.Errorf("focus %d, grip %d", d.root.layout.focus, d.root.pointer.grip)
			}
			line := strings.Split(d.View().Content, "\n")[y]
			if s := d.root.env.Styles; !strings.Contains(line, strings.TrimSuffix(s.Text.On(style.Sel).Paint("already"),
				s.Text.End())) {
				t.Errorf("the selection is not shown: %q", line)
			}
			d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			d.Send(tea.MouseMotionMsg{X: x, Y: 0, Button: tea.MouseLeft}) // the border, or the tabs
			d.Send(tea.MouseReleaseMsg{X: x, Y: 0, Button: tea.MouseLeft})
			d.Expect("the marked text: ")
			d.Press("esc")
		})
	}
}

func TestMouseGivenAway(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		if d.View().MouseMode != tea.MouseModeCellMotion {
			t.Error("the mouse is not asked for")
		}
		d.Press("ctrl+t")
		if d.View().MouseMode != tea.MouseModeNone {
			t.Error("the terminal does not get the mouse")
		}
	})
}

func TestMouseOnTabsSplitAndText(t *testing.T) {
	in(t, 80, 24, func(d *dashboard) {
		d.Send(tea.MouseClickMsg{X: strings.Index(strings.Split(d.Screen(), "\n")[0], "2 batch") + 1, Y: 0,
			Button: tea.MouseLeft})
		d.Expect("No batch yet")
	})
	in(t, 120, 36, func(d *dashboard) {
		edge := d.root.layout.panes[paneChat].w
		d.Send(tea.MouseClickMsg{X: edge, Y: 9, Button: tea.MouseLeft})
		d.Send(tea.MouseMotionMsg{X: edge + 7, Y: 9, Button: tea.MouseLeft})
		d.Send(tea.MouseReleaseMsg{X: edge + 7, Y: 9, Button: tea.MouseLeft})
		if got := d.root.layout.panes[paneChat].w; got != edge+7 {
			t.Errorf("the split was dragged from %d to %d, want %d", edge, got, edge+7)
		}
		d.Type("hi")
		d.Press("enter")
		answer := strings.Repeat("A line of its own.\n\n", 60)
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1},
			relay.Event{Kind: relay.Text, Text: answer}, done(d, answer))
		d.Send(tea.MouseWheelMsg{X: 9, Y: 9, Button: tea.MouseWheelUp})
		d.Expect("lines below, end for the last")
		d.Send(tea.MouseWheelMsg{X: 9, Y: 9, Button: tea.MouseWheelDown})
		d.Refuse("lines below")
	})
}

func TestWindowTitleHasNoControls(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		if got := d.View().WindowTitle; got != "relaytop" {
			t.Errorf("the title at the start is %q", got)
		}
		asked(d)
		if err := d.store.Library().Rename(d.root.snap.Chat.ID, "evil \x1b]0;pwned\a title\u009b31m"); err != nil {
			t.Fatal(err)
		}
		d.wait(time.Second)
		d.Expect("evil")
		if got := d.View().WindowTitle; !strings.HasPrefix(got, "relaytop - evil") ||
			strings.ContainsAny(got, "\x1b\a\u009b") {
			t.Errorf("the title is %q", got)
		}
	})
}

// TestToastsEndOnceRead: the next key clears a toast that was read. One that just came, or a failure, stays.
func TestToastsEndOnceRead(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		d.Press("ctrl+t")
		d.Expect("the mouse selects text in the terminal")
		d.Press("x")
		d.Expect("the mouse selects text in the terminal")
		d.wait(readAfter)
		d.Press("y")
		d.Refuse("the mouse selects text in the terminal")
		d.Send(pane.ToastMsg{Level: state.Bad, Text: "all is lost"})
		d.wait(readAfter)
		d.Press("z")
		d.Expect("all is lost")
	})
}

func TestPanesHaveFunctionKeys(t *testing.T) {
	in(t, 80, 24, func(d *dashboard) {
		for i, k := range []string{"f1", "f2", "f3"} {
			if d.Press(k); d.root.layout.focus != i {
				t.Errorf("%s goes to %d", k, d.root.layout.focus)
			}
		}
		d.Press("f1", "ctrl+g")
		d.Expect("Send the message")
	})
}
