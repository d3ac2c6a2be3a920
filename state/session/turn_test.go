package session

import (
	"strings"
	"testing"

	"relaytop/relay"
)

// TestFailedQuestionsAreNotSentAlong: after any number of failures the next turn holds one question, not a row of
// them.
func TestFailedQuestionsAreNotSentAlong(t *testing.T) {
	for _, c := range []struct {
		name   string
		status relay.Status
		text   string
		want   string // the roles of the next turn
	}{
		{"failed", relay.StatusFailed, "", "user assistant user"},
		{"stopped before its first word", relay.StatusCancelled, "", "user assistant user"},
		{"empty", relay.StatusEmpty, "", "user assistant user"},
		{"broken off", relay.StatusTruncated, "half", "user assistant user assistant user assistant user assistant user"},
		{"stopped", relay.StatusCancelled, "half", "user assistant user assistant user assistant user assistant user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewChats(nil)
			chat := s.New("m", nil, noon)
			end(s, say(t, s, chat, "hello").Request.ID, relay.StatusOK, "hi")
			for range 3 {
				end(s, say(t, s, chat, "a question that fails").Request.ID, c.status, c.text)
			}
			var roles []string
			for _, m := range say(t, s, chat, "the last one").Request.Messages {
				roles = append(roles, m.Role)
			}
			if got := strings.Join(roles, " "); got != c.want {
				t.Errorf("sent %s", got)
			}
		})
	}
}
