package archive

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/state/find"
	"relaytop/state/session"
)

func say(t testing.TB, a *Archive, chat string, id int64, text string) {
	t.Helper()
	m := message(chat, id)
	m.Text, m.Ended = text, true
	if err := a.SaveMessage(m); err != nil {
		t.Fatal(err)
	}
}

func search(t testing.TB, a *Archive, typed string) find.Found {
	t.Helper()
	f, err := a.Search(typed, 20, 0)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return f
}

// ids are the messages that a search finds, newest first.
func ids(t testing.TB, a *Archive, typed string) []int64 {
	t.Helper()
	var out []int64
	for _, h := range search(t, a, typed).Hits {
		out = append(out, h.Message)
	}
	return out
}

func wants(t testing.TB, a *Archive, want map[string][]int64) {
	t.Helper()
	for typed, list := range want {
		if got := ids(t, a, typed); !slices.Equal(got, list) {
			t.Errorf("%q finds %v, not %v", typed, got, list)
		}
	}
}

func TestSearch(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	say(t, a, "c", 1, "Người ta đi đâu?")
	say(t, a, "c", 2, "I said 你好世界 to the dau")
	say(t, a, "c", 3, "The retry budget of the pool")
	say(t, a, "d", 4, "a budget, then a retry 🎉")
	refused := message("d", 5)
	refused.Text, refused.Refusal, refused.Ended, refused.Role = "", "I can't help with lockpicks", true, "assistant"
	if err := a.SaveMessage(refused); err != nil {
		t.Fatal(err)
	}
	wants(t, a, map[string][]int64{
		"nguoi": {1}, "NGƯỜI": {1}, "dau": {2, 1}, "đâu": {2, 1}, "世界": {2}, "世": {2}, "你好世界": {2}, "界": {2}, "好": {2},
		"世好":   nil,
		"retr": {4, 3}, "retry budget": {4, 3}, `"retry budget"`: {3}, "budget pool": {3}, "etry": nil, "budget missing": nil,
		"🎉": {4}, "lockp": {5}, "": nil, "b": nil, "OR": nil, `") OR words MATCH ("the`: nil, "the ": {4, 3, 2},
		"the\x00":                       {4, 3, 2},
		strings.Repeat("budget ", 1500): {4, 3},
	})
	h := search(t, a, "nguoi").Hits[0]
	if h.Chat != "c" || h.Role != "user" || !h.At.Equal(time.UnixMicro(1)) ||
		h.Snippet[h.Marks[0].From:h.Marks[0].To] != "Người" {
		t.Errorf("%+v", h)
	}
	if h = search(t, a, "lockpicks").Hits[0]; h.Snippet != refused.Refusal || len(h.Marks) != 1 {
		t.Errorf("%+v", h)
	}
}

func TestSearchFindsNamesByTheirParts(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	say(t, a, "c", 1, "First call db.SetMaxOpenConns(10), then go on")
	say(t, a, "c", 2, "Leave the max open as it is")
	say(t, a, "c", 3, "an HTTPServer with max_open_conns")
	say(t, a, "c", 4, "maxopen alone")
	wants(t, a, map[string][]int64{
		"MaxOpen": {4, 3, 2, 1}, "maxopen": {4, 1}, "maxop": {4, 1}, "maxopenconns": {1}, "setmaxopenconns": {1},
		"SetMaxOpenConns": {1}, "setmaxopenc": {1},
		"MaxOpenConns": {3, 1}, "conns open": {3, 1}, "conn": {3, 1}, `"max open conns"`: {3, 1}, `"call db set max"`: nil,
		`"db set max"`:              {1},
		`"call db.SetMaxOpenConns"`: {1}, `"call db.setmaxopenconns"`: {1}, `"open conns 10"`: {1}, `"conns then"`: nil,
		"maxopen conns": {1},
		"HTTPServer":    {3}, "server": {3}, "HTTPS": {3}, "pen": nil, "axOpen": nil,
	})
	for typed, want := range map[string]string{"MaxOpen": "MaxOpen", "maxopenconns": "MaxOpenConns",
		"setmaxo": "SetMaxOpen", `"open conns 10"`: "OpenConns(10"} {
		hits := search(t, a, typed).Hits
		h := hits[len(hits)-1]
		if len(h.Marks) != 1 || h.Snippet[h.Marks[0].From:h.Marks[0].To] != want {
			t.Errorf("%s marks %v of %q", typed, h.Marks, h.Snippet)
		}
	}
}

// TestIndexOfOtherRulesIsRebuilt opens a file that was indexed before names had parts, and one with later rules.
func TestIndexOfOtherRulesIsRebuilt(t *testing.T) {
	for _, signed := range []string{"DELETE FROM kept", "UPDATE kept SET value = '1000.1'"} {
		path := filepath.Join(t.TempDir(), "a.db")
		a := open(t, path, Options{})
		for i := range int64(2 * scanned) {
			say(t, a, "c", i+1, "SetMaxOpenConns")
		}
		if _, err := a.db.sql.Exec("UPDATE words SET said = 'setmaxopenconns'; " + signed); err != nil {
			t.Fatal(err)
		}
		wants(t, a, map[string][]int64{"conns": nil})
		closeNow(t, a)
		a = open(t, path, Options{})
		indexed(t, a)
		if f := search(t, a, "conns"); len(f.Hits) != 20 || f.Waiting != 0 {
			t.Errorf("%s: %d hits, %d waiting", signed, len(f.Hits), f.Waiting)
		}
		if _, err := a.db.sql.Exec("DELETE FROM words WHERE rowid > 10"); err != nil {
			t.Fatal(err)
		}
		closeNow(t, a)
		a = open(t, path, Options{})
		indexed(t, a)
		if f := search(t, a, "conns"); len(f.Hits) != 10 {
			t.Errorf("%s: it was made anew once more: %d hits", signed, len(f.Hits))
		}
	}
}

func TestSearchFollowsWhatIsStored(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	part := message("c", 1)
	part.Role = "assistant"
	part.Text = "half an ans"
	for range 3 {
		if err := a.SaveMessage(part); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, a, map[string][]int64{"half": {1}, "answer": nil})
	say(t, a, "c", 1, "a whole answer")
	say(t, a, "c", 2, "its sibling answer")
	wants(t, a, map[string][]int64{"half": nil, "answer": {2, 1}})
	say(t, a, "d", 3, "another answer")
	if err := a.DeleteChat("c"); err != nil {
		t.Fatal(err)
	}
	wants(t, a, map[string][]int64{"answer": {3}})
	say(t, a, "c", 1, "an answer that came too late")
	say(t, a, "e", 4, "in the place of one that was deleted")
	wants(t, a, map[string][]int64{"answer": {3}, "deleted": {4}, "whole": nil})
	for _, table := range []string{"unindexed", "words WHERE words MATCH 'whole'"} {
		var n int
		if err := a.db.sql.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d left in %s: %v", n, table, err)
		}
	}
}

func TestSearchTitles(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	say(t, a, "c", 1, "the words")
	save := func(title string, chosen bool) {
		t.Helper()
		if err := a.SaveChat(session.Record{ID: "c", Title: title, Titled: chosen, Updated: time.UnixMicro(9)}); err != nil {
			t.Fatal(err)
		}
	}
	save("the words", false) // made of what was said: found there
	wants(t, a, map[string][]int64{"words": {1}})
	save("Đầu tiên words", true)
	wants(t, a, map[string][]int64{"words": {0, 1}, "dau": {0}})
	if h := search(t, a, "words").Hits[1]; h.Title != "Đầu tiên words" {
		t.Errorf("%+v", h)
	}
	if err := a.DeleteChat("c"); err != nil {
		t.Fatal(err)
	}
	wants(t, a, map[string][]int64{"words": nil, "dau": nil})
}

func TestSearchByPages(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	for i := range int64(25) {
		m := message("c", i+1)
		m.Ended = i%3 > 0 // some are not indexed
		if err := a.SaveMessage(m); err != nil {
			t.Fatal(err)
		}
	}
	var got []int64
	next, pages := int64(0), 0
	for {
		f, err := a.Search("text", 10, next)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range f.Hits {
			got = append(got, h.Message)
		}
		pages++
		if next = f.Next; next == 0 {
			break
		}
	}
	if len(got) != 25 || pages != 3 || !slices.IsSortedFunc(got, func(x, y int64) int { return int(y - x) }) {
		t.Errorf("%d pages: %v", pages, got)
	}
}

// TestOldMessagesAreIndexed opens a file from before there was an index, and one of a process that died while an
// answer streamed.
func TestOldMessagesAreIndexed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	for i := range int64(3 * scanned) {
		say(t, a, "c", i+1, "an old word")
	}
	if err := a.SaveChat(session.Record{ID: "c", Title: "chosen", Titled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.db.sql.Exec("DROP TABLE words; DROP TABLE unindexed; DROP TABLE titles; DROP TABLE files; PRAGMA " +
		"user_version = 1"); err != nil {
		t.Fatal(err)
	}
	closeNow(t, a)
	a = open(t, path, Options{})
	indexed(t, a)
	part := message("c", 1000)
	part.Text = "a part"
	if err := a.SaveMessage(part); err != nil {
		t.Fatal(err)
	}
	closeNow(t, a)
	a = open(t, path, Options{})
	indexed(t, a)
	if f := search(t, a, "old"); len(f.Hits) != 20 || f.Waiting != 0 || f.Hits[0].Message != 3*scanned {
		t.Errorf("%d hits, %d waiting", len(f.Hits), f.Waiting)
	}
	wants(t, a, map[string][]int64{"part": {1000}, "chosen": {0}})
	if err := a.db.tx(context.Background(), "", func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO unindexed SELECT seq FROM messages; DELETE FROM words")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if f := search(t, a, "old"); f.Waiting != 2*scanned+1 {
		t.Errorf("%d are waiting", f.Waiting)
	}
}

// TestDamagedIndexIsRebuilt damages only the index, in several ways: no message is lost, and all can be stored and
// found.
func TestDamagedIndexIsRebuilt(t *testing.T) {
	for name, spoil := range map[string]string{
		"pages":     "UPDATE words_data SET block = x'00ff00ff00ff00ff' WHERE id > 1",
		"structure": "UPDATE words_data SET block = x'ffff' WHERE id = 10",
		"emptied":   "DELETE FROM words_data",
		"gone":      "DROP TABLE words",
		"torn":      "DROP TABLE words_data",
	} {
		for _, first := range []string{"search", "save", "delete", "start"} {
			t.Run(name+"/"+first, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "a.db")
				a := open(t, path, Options{})
				for i := range int64(50) {
					say(t, a, "c", i+1, "some words of it")
				}
				say(t, a, "d", 90, "words that go")
				closeNow(t, a)
				a = open(t, path, Options{})
				if _, err := a.db.sql.Exec(spoil); err != nil {
					t.Fatal(err)
				}
				switch first {
				case "search":
					if _, err := a.Search("words", 20, 0); err != nil {
						t.Error(err)
					}
				case "delete":
					if err := a.DeleteChat("d"); err != nil {
						t.Error(err)
					}
				case "start":
					closeNow(t, a)
					a = open(t, path, Options{})
				}
				say(t, a, "c", 99, "words again")
				if _, err := a.Search("words", 20, 0); err != nil {
					t.Error(err)
				}
				if a.index.off.Load() {
					t.Fatal("there is no index any more")
				}
				indexed(t, a)
				if _, err := os.Lstat(a.db.mark()); err == nil {
					t.Error("the whole file is suspected")
				}
				if got := ids(t, a, "words"); len(got) != 20 || got[0] != 99 {
					t.Errorf("found %v", got)
				}
				if list, err := a.LoadMessages("c"); len(list) != 51 || err != nil || a.Notice() != "" {
					t.Errorf("%d messages, %v, %q", len(list), err, a.Notice())
				}
			})
		}
	}
}

func FuzzSearch(f *testing.F) {
	a := open(f, filepath.Join(f.TempDir(), "a.db"), Options{})
	say(f, a, "c", 1, "some text với đâu 你好世界 🎉 OR NEAR")
	for _, s := range []string{"some", `"`, `""*`, "NEAR(a, b)", "^said : x", "{said}: y", "a* + b", "-x", "世界\x00",
		"'; DROP TABLE words; --", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		found, err := a.Search(typed, 5, 0)
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		for _, h := range found.Hits {
			if len(h.Marks) == 0 {
				t.Fatalf("%q finds %q, and nothing in it", typed, h.Snippet)
			}
		}
	})
}
