package archive

import (
	"path/filepath"
	"testing"
	"time"

	"relaytop/state/session"
)

func TestAWholeChatIsKeptOrNothingOfIt(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "data", "relaytop.db"), Options{})
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := session.Record{ID: "c", Title: "tides", Updated: at, Active: 2}
	parts := []session.Part{{Name: "a.png", Image: "data:image/png;base64,AAAA"}}
	if err := a.SaveWhole(r, []session.MessageRecord{{Chat: "c", ID: 1, Role: "user", Text: "why", Parts: parts,
		Created: at, Ended: true},
		{Chat: "c", ID: 2, Parent: 1, Role: "assistant", Text: "the moon", Created: at, Ended: true}}); err != nil {
		t.Fatal(err)
	}
	got, err := a.LoadMessages("c")
	if err != nil || len(got) != 2 || got[0].Parts[0] != parts[0] || got[1].Text != "the moon" {
		t.Errorf("%+v, %v", got, err)
	}
	// JSON has no such year
	bad := session.MessageRecord{Chat: "d", ID: 1, Created: time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)}
	if err := a.SaveWhole(session.Record{ID: "d", Updated: at}, []session.MessageRecord{bad}); err == nil {
		t.Error("what can't be encoded was kept")
	}
	if chats, err := a.LoadChats(); err != nil || len(chats) != 1 {
		t.Errorf("%d chats, %v", len(chats), err)
	}
}
