package state

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A draft that could not be saved is saved as soon as that works again, without another key.
func TestADraftIsSavedOnceTheDiskIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, _ := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		a.set(true)
		if err := s.SaveDraft(chat, "precious"); !errors.Is(err, errDisk) {
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

// What the disk does not take at the end is put aside: the draft, the question's answer so far.
func TestWhatCannotBeStoredAtTheEndIsPutAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, w := newStore(t, a)
		chat := s.Snapshot().Chat.ID
		if err := s.Ask(chat, "why"); err != nil {
			t.Fatal(err)
		}
		w.send(w.last().ID)
		w.text(w.last().ID, "because of")
		a.set(true)
		if err := s.KeepDraft(chat, "and then"); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "taken up at the next start") {
			t.Errorf("error %v", err)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, want := range []string{"aside " + chat + " and then", "aside because of"} {
			if !slices.Contains(a.log, want) {
				t.Errorf("no %q in %q", want, a.log)
			}
		}
	})
}
