package state

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/state/session"
)

// A draft that could not be saved is saved once that works again, without another key press.
func TestADraftIsSavedOnceTheDiskIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, _ := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		a.set(true)
		if err := s.Drafts().Save(chat, "precious"); !errors.Is(err, errDisk) {
			t.Errorf("error %v", err)
		}
		a.set(false)
		<-time.After(3 * saveEvery)
		synctest.Wait()
		if got, _ := a.LoadChats(); len(got) != 1 || got[0].Draft != "precious" {
			t.Errorf("kept %+v", got)
		}
		closed(t, s)
	})
}

// What can't be stored at the end goes into a file: the draft, and the answer so far.
func TestWhatCannotBeStoredAtTheEndIsPutAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, w := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		if err := s.Talk().Ask(chat, "why"); err != nil {
			t.Fatal(err)
		}
		w.send(w.last().ID)
		w.text(w.last().ID, "because of")
		a.set(true)
		if err := s.Drafts().Keep(chat, "and then"); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "the next start reads it") {
			t.Errorf("error %v", err)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, want := range []string{"unsaved " + chat + " and then", "unsaved because of"} {
			if !slices.Contains(a.log, want) {
				t.Errorf("no %q in %q", want, a.log)
			}
		}
	})
}

// A program that is killed before the first token leaves an empty answer, which can be inspected and asked again.
func TestAnAnswerIsOnDiskBeforeItsFirstToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, _ := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		if err := s.Talk().Ask(chat, "why"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		list, err := a.LoadMessages(chat)
		if err != nil || len(list) != 2 || list[1].Role != "assistant" || list[1].Ended {
			t.Errorf("on disk: %+v, %v", list, err)
		}
		closed(t, s)
	})
}

// A prompt that waits although its save failed is not reported as not sent: it would be sent twice.
func TestAQueuedPromptIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, w := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		if err := s.Talk().Ask(chat, "one"); err != nil {
			t.Fatal(err)
		}
		w.send(w.last().ID)
		a.set(true)
		if err := s.Talk().Ask(chat, "two"); err != nil {
			t.Errorf("it waits, and is reported as not sent: %v", err)
		}
		a.set(false)
		if got := s.Snapshot().Chat.Queued; len(got) != 1 {
			t.Errorf("queued %q", got)
		}
		closed(t, s)
	})
}

// The files of a draft are tried again like its text.
func TestFilesOfADraftAreSavedOnceTheDiskIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, _ := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		a.set(true)
		if err := s.Drafts().Save(chat, "see", session.Part{Name: "a.txt", Text: "words"}); err == nil {
			t.Error("nothing failed")
		}
		a.set(false)
		<-time.After(3 * saveEvery)
		synctest.Wait()
		if v, _ := a.Setting(draftKey(chat)); !strings.Contains(v, "a.txt") {
			t.Errorf("kept %q", v)
		}
		closed(t, s)
	})
}

// The draft of a sent message is removed; one that was written meanwhile stays.
func TestDroppingADraftThatIsAnother(t *testing.T) {
	a := newShelf()
	s, _ := newStore(t, a)
	chat := s.Snapshot().Chat.ID
	for _, tt := range []struct{ draft, sent, left string }{{"hel", "hello", ""}, {"hello", "hello", ""},
		{"something else", "hello", "something else"}} {
		err := errors.Join(s.Drafts().Save(chat, tt.draft), s.Drafts().Drop(chat, session.Prompt{Text: tt.sent}))
		if err != nil {
			t.Error(err)
		}
		if got := s.Snapshot().Chat.Draft; got != tt.left {
			t.Errorf("%q after sending %q: %q", tt.draft, tt.sent, got)
		}
	}
	later := session.Part{Name: "later.txt", Text: "words"}
	err := errors.Join(s.Drafts().Save(chat, "", later), s.Drafts().Drop(chat, session.Prompt{Text: "hello"}))
	if err != nil {
		t.Error(err)
	}
	if got := s.Snapshot().Chat.Files; len(got) != 1 {
		t.Errorf("a file that was attached meanwhile is gone: %v", got)
	}
	closed(t, s)
}
