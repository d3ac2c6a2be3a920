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
		chat := s.NewChat()
		if err := s.Ask(chat, "one"); err != nil {
			t.Fatal(err)
		}
		question := s.Messages(chat)[0].ID
		id, err := s.Fork(chat, question)
		if err != nil || s.Snapshot().Chat.ID != id || len(a.messages[id]) != 1 || a.chats[id] == nil {
			t.Errorf("%v: %d messages are stored", err, len(a.messages[id]))
		}
		a.set(true)
		if _, err := s.Fork(chat, question); !errors.Is(err, errDisk) || len(s.Chats()) != 2 {
			t.Errorf("%v: %d chats", err, len(s.Chats()))
		}
		if _, err := s.Fork("gone", 1); !errors.Is(err, session.ErrNoChat) {
			t.Error(err)
		}
	})
}
