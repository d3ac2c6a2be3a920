package archive

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/state/find"
	"relaytop/state/session"
)

// asks saves a question with files.
func asks(t testing.TB, a *Archive, chat string, id int64, text string, files ...session.Part) {
	t.Helper()
	m := message(chat, id)
	m.Text, m.Ended, m.Parts = text, true, files
	if err := a.SaveMessage(m); err != nil {
		t.Fatal(err)
	}
}

// older turns the file into one of the version before files had a table, indexed by the rules of that version.
func older(t *testing.T, a *Archive) {
	t.Helper()
	chats, err := a.LoadChats()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chats {
		list, err := a.LoadMessages(c.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			var words strings.Builder
			find.Each(m.Text, func(w find.Word) bool { words.WriteString(string(w.Text) + " "); return true })
			m.Text = ""
			record, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.db.tx(t.Context(), "", func(tx *sql.Tx) error {
				var seq int64
				if err := tx.QueryRow("UPDATE messages SET record = ? WHERE chat = ? AND id = ? RETURNING seq", string(record),
					m.Chat, m.ID).Scan(&seq); err != nil {
					return err
				}
				_, err := tx.Exec("INSERT OR REPLACE INTO words (rowid, said) VALUES (?, ?)", seq, words.String())
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := a.db.sql.Exec("DROP TABLE files; DELETE FROM kept; PRAGMA user_version = 2"); err != nil {
		t.Fatal(err)
	}
}

func TestSearchFindsFiles(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	// what is indexed ends within a character
	long := strings.Repeat("padding ", indexedOfFile/8-1) + "inside 你好世界 beyond"
	notes := session.Part{Name: "poolNotes.txt", Text: "db.SetMaxOpenConns(10)\nis called once"}
	shot := session.Part{Name: "screenshot.png", Image: "data:image/png;base64,cGl4ZWxz"}
	asks(t, a, "c", 1, "What is wrong here?", notes, shot, session.Part{Name: "trace.log", Text: long})
	say(t, a, "c", 2, "Nothing is called twice")
	asks(t, a, "c", 3, "", session.Part{Name: "only.md", Text: "zebra"})
	wants(t, a, map[string][]int64{
		"MaxOpen": {1}, "called once": {1}, "wrong setmaxopenconns": {1}, "called": {2, 1}, "notes": {1}, "screenshot": {1},
		"zebra": {3}, "only.md": {3},
		"inside": {1}, "beyond": nil, "pixels": nil, "cGl4ZWxz": nil, "base64": nil, `"here db"`: nil, `"txt db"`: nil,
	})
	for typed, want := range map[string][3]string{ // file, marked, snippet
		"MaxOpen":      {"poolNotes.txt", "MaxOpen", "db.SetMaxOpenConns(10) is called once"},
		"wrong here":   {"", "wrong", "What is wrong here?"},
		"wrong called": {"", "wrong", "What is wrong here?"},
		"screensh":     {"", "screenshot", "screenshot.png"},
		"here MaxOpen": {"", "here", "What is wrong here?"},
		"once MaxOpen": {"poolNotes.txt", "MaxOpen", "db.SetMaxOpenConns(10) is called once"},
	} {
		h := search(t, a, typed).Hits[0]
		if got := [3]string{h.File, h.Snippet[h.Marks[0].From:h.Marks[0].To], h.Snippet}; got != want {
			t.Errorf("%q: %q, not %q", typed, got, want)
		}
	}
	list, err := a.LoadMessages("c")
	if err != nil || !slices.Equal(list[0].Parts, []session.Part{notes, shot, {Name: "trace.log", Text: long}}) ||
		list[1].Parts != nil {
		t.Errorf("%+v, %v", list, err)
	}
	asks(t, a, "c", 3, "without")
	wants(t, a, map[string][]int64{"zebra": nil, "without": {3}})
	if err := a.DeleteChat("c"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := a.db.sql.QueryRow("SELECT count(*) FROM files").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d files are left: %v", n, err)
	}
}

// TestSearchFindsFilesBeforeTheyAreIndexed searches for a question that is not in the index yet.
func TestSearchFindsFilesBeforeTheyAreIndexed(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	m := message("c", 1)
	m.Parts = []session.Part{{Name: "notes.txt", Text: "SetMaxOpenConns"}}
	if err := a.SaveMessage(m); err != nil {
		t.Fatal(err)
	}
	wants(t, a, map[string][]int64{"MaxOpen": {1}, "notes text": {1}, "absent": nil})
	if h := search(t, a, "openconns").Hits[0]; h.File != "notes.txt" || len(h.Marks) != 1 {
		t.Errorf("%+v", h)
	}
}

// TestOldIndexIsRebuilt opens a file whose index was made by older rules, with files in the records.
func TestOldIndexIsRebuilt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	files := []session.Part{{Name: "notes.txt", Text: "the zebra", Pasted: true},
		{Name: "p.png", Image: "data:image/png;base64,AAAA"}}
	asks(t, a, "c", 1, "Why SetMaxOpenConns?", files...)
	for i := range int64(2 * scanned) {
		say(t, a, "c", i+2, "an answer with maxIdle")
	}
	older(t, a)
	closeNow(t, a)
	a = open(t, path, Options{})
	list, err := a.LoadMessages("c") // whether it has been moved or not
	if err != nil || !slices.Equal(list[0].Parts, files) {
		t.Errorf("%+v, %v", list[0], err)
	}
	indexed(t, a)
	wants(t, a, map[string][]int64{"MaxOpen": {1}, "why zebra": {1}, "p.png": {1}, "setmaxopenconns": {1}})
	if f := search(t, a, "idle"); len(f.Hits) != 20 || f.Waiting != 0 {
		t.Errorf("%d hits, %d waiting", len(f.Hits), f.Waiting)
	}
	var left int
	if err := a.db.sql.QueryRow("SELECT count(*) FROM messages m WHERE " + inRecord).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d records have files in them: %v", left, err)
	}
	if list, err = a.LoadMessages("c"); err != nil || !slices.Equal(list[0].Parts, files) ||
		list[0].Text != "Why SetMaxOpenConns?" {
		t.Errorf("%+v, %v", list[0], err)
	}
}
