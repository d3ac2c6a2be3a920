package state

import (
	"errors"
	"testing"
	"time"

	"relaytop/state/session"
)

func TestAHitIsShownInItsPlace(t *testing.T) {
	a := newShelf()
	s, w := newStore(t, a)
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	turn := func(ask func() error, answer string) {
		t.Helper()
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		w.answer(w.last().ID, answer)
	}
	turn(func() error { return s.Talk().Ask(chat, "first question") }, "apples")
	first := s.Talk().Messages(chat)[0].ID
	turn(func() error { return s.Talk().Ask(chat, "and then?") }, "pears")
	turn(func() error { return s.Talk().EditAndResend(chat, first, "another question") }, "plums")
	if err := s.flush(); err != nil {
		t.Fatal(err)
	}
	other := s.Library().New()
	f, err := s.Library().Search("pears", 10, 0)
	if err != nil || len(f.Hits) != 1 {
		t.Fatalf("%+v %v", f, err)
	}
	if err := s.Library().OpenAt(f.Hits[0].Chat, f.Hits[0].Message); err != nil {
		t.Fatal(err)
	}
	views := s.Talk().Messages(chat)
	if len(views) != 4 || views[3].Text != "pears" || views[0].ID != first || s.Snapshot().Chat.ID != chat ||
		s.Snapshot().Chat.Messages != 4 {
		t.Errorf("shown: %+v", views)
	}
	if err := s.Library().OpenAt(chat, 12345); !errors.Is(err, session.ErrNoMessage) {
		t.Errorf("%v", err)
	}
	if err := s.Library().OpenAt(other, 0); err != nil {
		t.Error(err)
	}
	if err := s.Library().OpenAt("nowhere", 0); !errors.Is(err, session.ErrNoChat) {
		t.Errorf("%v", err)
	}
}

func TestAHitOfAnotherProcessIsShown(t *testing.T) {
	a := newShelf()
	s, _ := newStore(t, a)
	defer closed(t, s)
	at := time.UnixMicro(5).UTC()
	if err := a.SaveChat(session.Record{ID: "elsewhere", Title: "theirs", Created: at, Updated: at}); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveMessage(session.MessageRecord{Chat: "elsewhere", ID: 7, Role: "user", Text: "a word of theirs",
		Created: at}); err != nil {
		t.Fatal(err)
	}
	f, err := s.Library().Search("theirs", 10, 0)
	if err != nil || len(f.Hits) != 1 {
		t.Fatalf("%+v %v", f, err)
	}
	if err := s.Library().OpenAt("elsewhere", 7); err != nil {
		t.Fatal(err)
	}
	if v := s.Talk().Messages("elsewhere"); len(v) != 1 || s.Snapshot().Chat.Title != "theirs" {
		t.Errorf("%+v", v)
	}
}

func TestNothingIsSearchedWithoutADisk(t *testing.T) {
	s, _ := newStore(t, nil)
	defer closed(t, s)
	if _, err := s.Library().Search("word", 10, 0); err == nil {
		t.Error("found nothing, without saying why")
	}
}
