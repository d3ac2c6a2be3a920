package session

import (
	"errors"
	"slices"
	"testing"

	"relaytop/relay"
)

func TestAForkIsAChatOfItsOwn(t *testing.T) {
	s, c := long(t)
	views := c.Views()
	s.System(c, "sys")
	if err := s.LeaveOut(c, views[2].ID, noon); err != nil {
		t.Fatal(err)
	}
	f, records, err := s.Fork(c, views[3].ID, noon)
	if err != nil || !slices.Equal(texts(f), []string{"one", "re one", "two", "re two"}) || len(records) != 4 {
		t.Fatalf("%v %q", err, texts(f))
	}
	h := f.Header()
	if h.Title != "fork: one" || h.System != "sys" || h.Cost != 0 || h.Messages != 4 || left(f) != 2 || f.ID() == c.ID() {
		t.Errorf("header %+v, %d are left out", h, left(f))
	}
	end(s, say(t, s, f, "else").Request.ID, relay.StatusOK, "re else")
	if len(c.Views()) != 6 || len(f.Views()) != 6 {
		t.Errorf("%q and %q", texts(c), texts(f))
	}
	again := NewChats(nil)
	again.Restore(f.Record())
	d := again.Get(f.ID())
	if d.Load(records, nil); !slices.Equal(texts(d), texts(f)[:4]) || d.Views()[1].Result == nil {
		t.Errorf("it comes back as %q", texts(d))
	}
	say(t, s, c, "streams")
	if _, _, err := s.Fork(c, c.leaf().view.ID, noon); !errors.Is(err, ErrStreaming) {
		t.Errorf("forked from an answer that streams: %v", err)
	}
}
