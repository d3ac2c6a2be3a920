package state

import (
	"slices"
	"testing"

	"relaytop/state/session"
)

func TestFilesOfADraftAreThereAfterARestart(t *testing.T) {
	fakeArchive := newShelf()
	s, _ := newStore(t, fakeArchive)
	chat := s.Snapshot().Chat.ID
	files := []session.Part{{Name: "a.png", Image: "data:image/png;base64,AAAA"},
		{Name: "paste 1", Text: "x", Pasted: true}}
	if err := s.Drafts().Save(chat, "what is", files...); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	again, _ := newStore(t, fakeArchive)
	if h := again.Snapshot().Chat; h.ID != chat || h.Draft != "what is" || !slices.Equal(h.Files, files) {
		t.Errorf("came back as %+v", h)
	}
	if err := again.Drafts().Save(chat, ""); err != nil {
		t.Fatal(err)
	}
	if v, _ := fakeArchive.Setting(draftKey(chat)); v != "" {
		t.Errorf("files of a draft that is gone are kept: %q", v)
	}
	fakeArchive.settings[draftKey(chat)] = "[{"
	closed(t, again)
	third, _ := newStore(t, fakeArchive)
	defer closed(t, third)
	if snap := third.Snapshot(); snap.Notice.Level != Warn || len(snap.Chat.Files) != 0 {
		t.Errorf("lost files are not told: %+v", snap.Notice)
	}
}

func TestAnEditKeepsItsFilesOnDisk(t *testing.T) {
	fakeArchive := newShelf()
	s, w := newStore(t, fakeArchive)
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	file := session.Part{Name: "a.txt", Text: "alpha"}
	if err := s.Talk().Ask(chat, "read", file); err != nil {
		t.Fatal(err)
	}
	w.answer(w.last().ID, "done")
	v := s.Talk().Messages(chat)[0]
	if err := s.Talk().EditAndResend(chat, v.ID, "read again", v.Parts...); err != nil {
		t.Fatal(err)
	}
	if got := w.last().Messages; len(got) != 1 || got[0].Text != "read again\n\na.txt:\n```\nalpha\n```" {
		t.Errorf("sent %+v", got)
	}
	kept, err := fakeArchive.LoadMessages(chat)
	for _, m := range kept {
		if m.Role == "user" && !slices.Equal(m.Parts, []session.Part{file}) {
			t.Errorf("kept %+v", m)
		}
	}
	if err != nil || len(kept) < 2 {
		t.Errorf("kept %d messages, %v", len(kept), err)
	}
}
