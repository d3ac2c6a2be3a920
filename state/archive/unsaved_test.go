package archive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/state/session"
)

// What could not be stored is imported at the next start, unless the database has something newer, and the file is
// removed.
func TestWhatWasPutAsideIsTakenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "relaytop.db")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := open(t, path, Options{})
	for _, id := range []string{"old", "gone"} {
		if err := a.SaveChat(session.Record{ID: id, Updated: at, Draft: "kept"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.SaveMessage(session.MessageRecord{Chat: "old", ID: 1, Role: "assistant", Text: "the whole answer",
		Created: at, Ended: true}); err != nil {
		t.Fatal(err)
	}
	if err := a.DeleteChat("gone"); err != nil {
		t.Fatal(err)
	}
	name, err := a.SaveUnsaved(
		[]session.Record{{ID: "new", Updated: at, Draft: "half a thought"},
			{ID: "old", Updated: at.Add(-time.Hour), Draft: "older"}, {ID: "gone", Updated: at.Add(time.Hour)}},
		[]session.MessageRecord{{Chat: "new", ID: 5, Role: "user", Text: "why", Created: at, Ended: true},
			{Chat: "old", ID: 1, Role: "assistant", Text: "the who", Created: at},
			{Chat: "lost", ID: 9, Role: "user", Text: "no chat record", Created: at, Ended: true},
			{Chat: "gone", ID: 2, Text: "deleted", Created: at}}, map[string]string{"draft/new": "files"})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := open(t, path, Options{})
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	if v, _ := b.Setting("draft/new"); v != "files" {
		t.Errorf("the setting is %q", v)
	}
	drafts := map[string]string{}
	chats, err := b.LoadChats()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chats {
		drafts[c.ID] = c.Draft
	}
	if len(drafts) != 3 || drafts["new"] != "half a thought" || drafts["old"] != "kept" {
		t.Errorf("chats %q", drafts)
	}
	for chat, want := range map[string]string{"new": "why", "old": "the whole answer", "lost": "no chat record"} {
		if got, err := b.LoadMessages(chat); err != nil || len(got) != 1 || got[0].Text != want {
			t.Errorf("%s: %+v, %v", chat, got, err)
		}
	}
}

// TestTheNewerStateOfAMessageIsKept: of the one in the database and the one that could not be stored.
func TestTheNewerStateOfAMessageIsKept(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	states := map[string]session.MessageRecord{
		"part":  {Text: "half of the"},
		"more":  {Text: "half of the answer, and"},
		"whole": {Text: "half of the answer, and the rest", Ended: true},
		"moved": {Text: "the rest", Reasoning: "half of the answer, and", Ended: true},
	}
	for _, c := range []struct{ stored, unsaved, want string }{
		{"part", "more", "more"},
		{"more", "part", "more"},
		{"whole", "more", "whole"},
		{"more", "whole", "whole"},
		{"more", "moved", "moved"}, // its text has turned out to be reasoning
		{"moved", "more", "moved"},
	} {
		path := filepath.Join(t.TempDir(), "data", "relaytop.db")
		message := func(name string) session.MessageRecord {
			m := states[name]
			m.Chat, m.ID, m.Role, m.Created = "chat", 1, "assistant", at
			return m
		}
		a := open(t, path, Options{})
		if err := a.SaveMessage(message(c.stored)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.SaveUnsaved(nil, []session.MessageRecord{message(c.unsaved)}, nil); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := open(t, path, Options{}).LoadMessages("chat")
		if want := states[c.want]; err != nil || len(got) != 1 || got[0].Text != want.Text || got[0].Ended != want.Ended {
			t.Errorf("%s is stored and %s is not: %+v, want %s (%v)", c.stored, c.unsaved, got, c.want, err)
		}
	}
}

// A file that is deleted while it is open must be reported: SQLite would go on writing to a file without a name.
func TestAFileThatIsGoneIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "relaytop.db")
	a := open(t, path, Options{})
	if err := a.SaveChat(session.Record{ID: "c", Updated: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveChat(session.Record{ID: "c", Updated: time.Now()}); err == nil ||
		!strings.Contains(err.Error(), "was deleted while it was in use") {
		t.Errorf("error %v", err)
	}
}
