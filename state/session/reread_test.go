package session

import (
	"testing"

	"relaytop/relay"
)

// TestWhatReadsDifferently: text that turns out to be reasoning, and the reverse, in a new answer and behind one that
// was carried over.
func TestWhatReadsDifferently(t *testing.T) {
	for name, begin := range map[string]func() (*Chats, *Chat, relay.ID, string){
		"new": func() (*Chats, *Chat, relay.ID, string) {
			s := NewChats(nil)
			c := s.New("m", nil, noon)
			return s, c, say(t, s, c, "why").Request.ID, ""
		},
		"carried over": func() (*Chats, *Chat, relay.ID, string) {
			s, c, old := cutAnswer(t, half)
			turn, err := s.Continue(c, old.ID, noon)
			if err != nil {
				t.Fatal(err)
			}
			return s, c, turn.Request.ID, half
		},
	} {
		s, c, id, before := begin()
		see := func(when, text, reasoning string) {
			t.Helper()
			if v := c.Views()[1]; v.Text != before+text || v.Reasoning != reasoning {
				t.Errorf("%s, %s: %q, %q", name, when, v.Text, v.Reasoning)
			}
		}
		event(s, id, relay.Sent, "")
		event(s, id, relay.Text, "Let me think.")
		see("as it came", "Let me think.", "")
		s.Apply(&relay.Event{Kind: relay.Reread, ID: id, At: noon, Reason: "Let me think."})
		see("it was reasoning", "", "Let me think.")
		event(s, id, relay.Text, "The answer.")
		see("the answer", "The answer.", "Let me think.")
		s.Apply(&relay.Event{Kind: relay.Reread, ID: id, At: noon, Text: "<think>The answer."})
		see("it was text", "<think>The answer.", "")
		end(s, id, relay.StatusOK, "<think>The answer.")
		see("the end", "<think>The answer.", "")
	}
}
