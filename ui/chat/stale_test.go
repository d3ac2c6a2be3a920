package chat

import (
	"errors"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/state/session"
	"relaytop/ui/pane"
)

// TestAnEditOfAnotherChatIsDropped: the inspector may ask for it when another chat is open, whose messages have the
// same numbers.
func TestAnEditOfAnotherChatIsDropped(t *testing.T) {
	r := open(t, 80, 24, question(1, "the question"), ended(2, "an answer", relay.StatusOK))
	if got := toasts(r.run(r.Update(editMsg{chat: "c9", answer: 2}))); !strings.Contains(got, "another chat is open") {
		t.Errorf("toast %q", got)
	}
	if got := r.compose.Text(); got != "" || r.compose.Editing() {
		t.Errorf("the composer has %q and editing is %v", got, r.compose.Editing())
	}
	if r.run(r.Update(editMsg{chat: "c1", answer: 2})); r.compose.Text() != "the question" {
		t.Errorf("the composer has %q", r.compose.Text())
	}
}

// TestAHitThatFailsLateLeavesTheNextOne: of two hits that were opened one after the other, the second one is still
// shown when the first one could not be.
func TestAHitThatFailsLateLeavesTheNextOne(t *testing.T) {
	r := open(t, 78, 20, long()...)
	h := hits().Hits[0]
	h.Chat = r.snap.Chat.ID
	r.Update(hitMsg{find.Hit{Chat: "c7", Message: 3}, "other"})
	r.run(r.Update(hitMsg{h, "budget"}))
	r.Update(shownMsg{find.Hit{Chat: "c7", Message: 3}, errors.New("it is gone")})
	r.refresh()
	lineWith(t, r, "It fails fast")
	if r.chosen() != h.Message {
		t.Errorf("message %d is chosen", r.chosen())
	}
}

// TestWhatWasMarkedInAnotherChatIsNotCopied: a button that goes up after another chat was opened copies nothing of
// it.
func TestWhatWasMarkedInAnotherChatIsNotCopied(t *testing.T) {
	r := open(t, 42, 30, question(1, "what now?"), ended(2, talk, relay.StatusOK))
	x, y := r.at("limit", 0)
	r.down(x, y)
	r.move(x+10, y)
	other := ended(2, strings.Repeat("other words ", 20), relay.StatusOK)
	r.store.views = []session.View{question(1, "another"), other}
	r.snap.Chat.ID = "c9"
	r.refresh()
	for _, msg := range r.press("esc", "y") {
		if c, ok := msg.(pane.CopyMsg); ok && strings.Contains(c.Text, "limit") {
			t.Errorf("copied %q", c.Text)
		}
	}
	if got, what := r.up(x+10, y); got != "" {
		t.Errorf("copied %s %q", what, got)
	}
}
