package state

import (
	"bytes"
	"errors"
	"testing"

	"relaytop/relay"
	"relaytop/state/portable"
	"relaytop/state/session"
)

func TestAChatGoesOutAndComesInAsAnother(t *testing.T) {
	fakeArchive := newShelf()
	s, w := newStore(t, fakeArchive)
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "why", session.Part{Name: "a.txt", Text: "alpha"}); err != nil {
		t.Fatal(err)
	}
	w.answer(w.last().ID, "because")
	if err := s.Talk().Regenerate(chat, s.Talk().Messages(chat)[1].ID); err != nil {
		t.Fatal(err)
	}
	w.answer(w.last().ID, "for a reason")
	sent := w.count()

	c, err := s.Library().Export(chat)
	if err != nil || len(c.Messages) != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	var file bytes.Buffer
	if err := portable.JSON(&file, c); err != nil {
		t.Fatal(err)
	}
	read, err := portable.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Library().Import(read)
	if err != nil || id == chat {
		t.Fatalf("%q, %v", id, err)
	}
	if err := s.Library().Open(id); err != nil {
		t.Fatal(err)
	}
	v := s.Talk().Messages(id)
	if len(v) != 2 || v[1].Text != "for a reason" || v[1].Siblings != 2 || v[0].Parts[0].Text != "alpha" ||
		w.count() != sent {
		t.Errorf("came in as %+v, %d sent", v, w.count())
	}
	if h := s.Snapshot().Chat; h.Cost != 14 || h.Messages != 2 || h.Title != "why" {
		t.Errorf("header %+v", h)
	}
	s.Talk().Switch(id, v[1].ID, -1)
	if got := s.Talk().Messages(id)[1].Text; got != "because" {
		t.Errorf("the other answer is %q", got)
	}
	if err := s.Talk().Ask(id, "more"); err != nil || len(w.last().Messages) != 3 || w.last().Model != "gpt-4.1" {
		t.Errorf("it can't be gone on with: %v, %+v", err, w.last())
	}
	fakeArchive.set(true)
	if _, err := s.Library().Import(&portable.Chat{}); !errors.Is(err, errDisk) {
		t.Errorf("a full disk: %v", err)
	}
	if _, err := s.Library().Export("nosuch"); !errors.Is(err, session.ErrNoChat) {
		t.Errorf("no chat: %v", err)
	}
	fakeArchive.set(false)
	w.end(w.last().ID, &relay.Result{Status: relay.StatusCancelled})
}
