package transcript

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/state/session"
)

// lines is an answer of many lines.
func lines(what string, n int) session.View {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s %d\n\n", what, i)
	}
	return ended(2, b.String(), relay.StatusOK)
}

// A step of scrolling for a marking in another chat is dropped.
func TestAStepOfScrollingForAnotherChatIsDropped(t *testing.T) {
	p := open(t, 42, 16, question(1, "first"), lines("old", 60))
	past := tea.MouseMotionMsg{X: 5, Y: -1, Button: tea.MouseLeft}
	p.down(5, 5)
	out, _ := p.Update(past, p.now)
	if out.Cmd == nil {
		t.Fatal("a mouse above the edge does not scroll on")
	}
	stale := out.Cmd()
	p.views = []session.View{question(1, "second"), lines("new", 60)}
	p.Enter("c2", p.views)
	p.later()
	p.down(5, 5)
	p.Update(past, p.now)
	was := p.screen()
	if out, _ := p.Update(stale, p.now); out.Cmd != nil || p.screen() != was {
		t.Errorf("it scrolled the other chat:\n%s", p.screen())
	}
}

// A hit in another chat is not shown, though both chats have a message of that id.
func TestAHitOfAnotherChatIsNotShown(t *testing.T) {
	p := open(t, 42, 16, question(1, "first"), lines("old", 60))
	h := find.Hit{Chat: "c2", Message: 2, Snippet: "old 7"}
	p.Seek(h, "old 7")
	if p.Reveal() || p.AtHit() || !p.Following() {
		t.Errorf("the hit is shown in a chat that it is not of:\n%s", p.screen())
	}
	p.Enter("c2", p.views)
	if !p.Reveal() || !p.AtHit() || !strings.Contains(p.screen(), "old 7\n") {
		t.Errorf("the hit is not shown:\n%s", p.screen())
	}
	p.Enter("c3", p.views)
	if p.AtHit() || p.Reveal() {
		t.Error("the hit goes along into another chat")
	}
}

// TestNothingMarkedGoesAlong: neither the marking, nor the chosen message, nor the place goes along into another
// chat.
func TestNothingMarkedGoesAlong(t *testing.T) {
	p := open(t, 42, 16, question(1, "first"), lines("old", 60))
	p.Scroll(-20)
	p.Choose(1)
	if p.drag("old", "old"); p.shown() == "" {
		t.Fatal("nothing is marked")
	}
	p.Enter("c2", p.views)
	v, _ := p.Selected()
	if s, _ := p.Marked(); s != "" || p.shown() != "" || v.ID != 2 || !p.Following() {
		t.Errorf("%q is marked, message %d is chosen:\n%s", s, v.ID, p.screen())
	}
}
