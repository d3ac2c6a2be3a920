package state

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"relaytop/state/session"
)

func TestAForkIsStoredOrDoesNotComeToBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		w := &wire{}
		s := New(Options{Archive: a, Engine: w, Model: "m"})
		w.store = s
		defer func() { _ = s.Close(context.Background()) }()
		chat := s.Library().New()
		if err := s.Talk().Ask(chat, "one"); err != nil {
			t.Fatal(err)
		}
		question := s.Talk().Messages(chat)[0].ID
		id, err := s.Library().Fork(chat, question)
		if err != nil || s.Snapshot().Chat.ID != id || len(a.messages[id]) != 1 || a.chats[id] == nil {
			t.Errorf("%v: %d messages are stored", err, len(a.messages[id]))
		}
		a.set(true)
		if _, err := s.Library().Fork(chat, question); !errors.Is(err, errDisk) || len(s.Library().List()) != 2 {
			t.Errorf("%v: %d chats", err, len(s.Library().List()))
		}
		if _, err := s.Library().Fork("gone", 1); !errors.Is(err, session.ErrNoChat) {
			t.Error(err)
		}
	})
}
