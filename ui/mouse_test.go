package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/ui/style"
)

// TestMarkingInTheChat: what is dragged out of the pane stays the pane's, and what was copied is told.
func TestMarkingInTheChat(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}} {
		in(t, size.w, size.h, func(d *desk) {
			d.Type("hi")
			d.Press("enter")
			answer := "Those already streaming go on: the limit counts new requests. Hold new sends for 20 s, let one probe through, then open up slowly."
			d.say(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1}, relay.Event{Kind: relay.Text, Text: answer}, done(d, answer))
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
			if d.root.focus != paneChat || d.root.grip != noPane || !d.root.panes[paneChat].Typing() {
				t.Errorf("focus %d, grip %d", d.root.focus, d.root.grip)
			}
			line := strings.Split(d.View().Content, "\n")[y]
			if s := d.root.env.Styles; !strings.Contains(line, strings.TrimSuffix(s.Text.On(style.Sel).Paint("already"), s.Text.End())) {
				t.Errorf("it is not shown: %q", line)
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
	in(t, 120, 36, func(d *desk) {
		if d.View().MouseMode != tea.MouseModeCellMotion {
			t.Error("the mouse is not asked for")
		}
		d.Press("ctrl+t")
		if d.View().MouseMode != tea.MouseModeNone {
			t.Error("the terminal does not get the mouse")
		}
	})
}
