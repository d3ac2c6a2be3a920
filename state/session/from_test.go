package session

import (
	"errors"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
)

// long is a chat of three turns.
func long(t *testing.T) (*Chats, *Chat) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	for _, q := range []string{"one", "two", "three"} {
		end(s, say(t, s, c, q).Request.ID, relay.StatusOK, "re "+q)
	}
	return s, c
}

func sent(turn *Turn) (out []string) {
	for _, m := range turn.Request.Messages {
		out = append(out, m.Text)
	}
	return out
}

func left(c *Chat) (n int) {
	for _, v := range c.Views() {
		if v.Left {
			n++
		}
	}
	return n
}

func TestWhatIsLeftOutIsNotSent(t *testing.T) {
	s, c := long(t)
	s.System(c, "sys")
	views := c.Views()
	if err := s.LeaveOut(c, views[1].ID, noon); !errors.Is(err, ErrNoMessage) {
		t.Errorf("it begins with an answer: %v", err)
	}
	later := noon.Add(time.Minute)
	if err := s.LeaveOut(c, views[2].ID, later); err != nil {
		t.Fatal(err)
	}
	if left(c) != 2 || c.Header().From != views[2].ID || c.Record().From != views[2].ID {
		t.Errorf("%d are left out: %+v", left(c), c.Header())
	}
	// two, re two, three, re three, and the system prompt; the earlier count of the relay does not hold
	if n, about := c.context(); n >= 30 || !about {
		t.Errorf("context %d, %v", n, about)
	}
	turn := say(t, s, c, "four")
	if want := []string{"sys", "two", "re two", "three", "re three", "four"}; !slices.Equal(sent(turn), want) {
		t.Errorf("sent %q, want %q", sent(turn), want)
	}
	end(s, turn.Request.ID, relay.StatusOK, "re four")
	if err := s.LeaveOut(c, 0, later); err != nil || left(c) != 0 {
		t.Errorf("%d are left out, %v", left(c), err)
	}
	if turn = say(t, s, c, "five"); len(sent(turn)) != 10 {
		t.Errorf("sent %q", sent(turn))
	}
}

func TestWhatIsLeftOutOnOtherBranches(t *testing.T) {
	s, c := long(t)
	views := c.Views()
	if err := s.LeaveOut(c, views[4].ID, noon); err != nil || left(c) != 4 {
		t.Fatal(left(c), err)
	}
	turn, err := s.Edit(c, views[4].ID, Prompt{Text: "drei"}, noon)
	if err != nil || !slices.Equal(sent(turn), []string{"drei"}) || left(c) != 4 {
		t.Errorf("edited: sent %q, %d are left out, %v", sent(turn), left(c), err)
	}
	end(s, turn.Request.ID, relay.StatusOK, "re drei")
	// Another answer to a message that was left out is asked with that message.
	turn, err = s.Regenerate(c, views[3].ID, noon)
	if err != nil || !slices.Equal(sent(turn), []string{"two"}) || left(c) != 2 {
		t.Errorf("regenerated: sent %q, %d are left out, %v", sent(turn), left(c), err)
	}
	end(s, turn.Request.ID, relay.StatusOK, "re zwei")
	if turn = say(t, s, c, "next"); !slices.Equal(sent(turn), []string{"two", "re zwei", "next"}) {
		t.Errorf("sent %q", sent(turn))
	}
}
