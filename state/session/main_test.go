package session

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func say(t *testing.T, s *Chats, c *Chat, text string) *Turn {
	t.Helper()
	turns, err := s.Ask(c, Prompt{Text: text}, noon)
	if err != nil || len(turns) != 1 {
		t.Fatal(turns, err)
	}
	return turns[0]
}

func event(s *Chats, id relay.ID, kind relay.Kind, text string) {
	s.Apply(&relay.Event{Kind: kind, ID: id, At: noon, Attempt: 1, Text: text})
}

func end(s *Chats, id relay.ID, status relay.Status, text string) *End {
	_, e := s.Apply(&relay.Event{Kind: relay.Done, ID: id, At: noon, Result: &relay.Result{ID: id, Status: status,
		Text:  text,
		Usage: &relay.Usage{Input: 20, Output: 10}, Cost: relay.Cost{Amount: 5, Source: relay.SourceRelay}}})
	return e
}

func texts(c *Chat) (out []string) {
	for _, v := range c.Views() {
		out = append(out, v.Text)
	}
	return out
}
