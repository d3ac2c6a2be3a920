package archive

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/state/session"
)

// A record that can't be decoded, of a chat or of a message, only loses its own hits: the index does not change.
func TestAMalformedRecordIsSkipped(t *testing.T) {
	for _, spoil := range []string{
		`UPDATE chats SET record = '{"title":"tor' WHERE id = 'bad'`,
		`UPDATE messages SET record = 'x' WHERE chat = 'bad'`,
	} {
		for _, indexed := range []bool{true, false} {
			a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
			say(t, a, "good", 1, "words of one")
			say(t, a, "bad", 2, "words of another")
			say(t, a, "good", 3, "words once more")
			if _, err := a.db.sql.Exec(spoil); err != nil {
				t.Fatal(err)
			}
			if !indexed {
				if _, err := a.db.sql.Exec("DELETE FROM words; INSERT INTO unindexed SELECT seq FROM messages"); err != nil {
					t.Fatal(err)
				}
			}
			var got []int64
			malformed, pages := 0, 0
			for next := int64(0); pages == 0 || next != 0; pages++ {
				f, err := a.Search("words", 1, next)
				if err != nil {
					t.Fatalf("%s: %v", spoil, err)
				}
				for _, h := range f.Hits {
					got = append(got, h.Message)
				}
				malformed, next = malformed+f.Malformed, f.Next
			}
			if !slices.Equal(got, []int64{3, 1}) || malformed != 1 {
				t.Errorf("%s: found %v, %d malformed", spoil, got, malformed)
			}
			var waiting int
			err := a.db.sql.QueryRow("SELECT count(*) FROM unindexed").Scan(&waiting)
			if want := map[bool]int{true: 0, false: 3}[indexed]; err != nil || waiting != want {
				t.Errorf("%s: %d messages are out of the index, %v", spoil, waiting, err)
			}
		}
	}
}

func TestChatsBesideAMalformedOneAreRead(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	for _, id := range []string{"a", "bad", "c"} {
		if err := a.SaveChat(session.Record{ID: id, Title: "tides", Titled: true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.db.sql.Exec("UPDATE chats SET record = '{' WHERE id = 'bad'"); err != nil {
		t.Fatal(err)
	}
	list, err := a.LoadChats()
	if len(list) != 2 || !errors.Is(err, session.ErrMalformed) || !strings.Contains(err.Error(), "bad") {
		t.Errorf("%d chats, %v", len(list), err)
	}
	if f := search(t, a, "tides"); len(f.Hits) != 2 || f.Malformed != 1 {
		t.Errorf("titles: %+v", f)
	}
}

// An index that is damaged again as soon as it is rebuilt is given up: neither a search nor the goroutine loops.
func TestAnIndexThatStaysDamagedIsGivenUp(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	say(t, a, "c", 1, "words")
	indexed(t, a)
	const spoil = "DELETE FROM words_data"
	_, err := a.db.sql.Exec(spoil + "; CREATE TRIGGER spoil AFTER INSERT ON kept BEGIN " + spoil + "; END")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Search("words", 20, 0); err == nil {
		t.Error("a search without an index does not fail")
	}
	for !a.index.off.Load() {
		a.index.catchUp()
		a.index.mu.Lock()
		done := a.index.done
		a.index.mu.Unlock()
		if done != nil {
			<-done
		}
	}
	say(t, a, "c", 2, "more words") // what is said is kept nevertheless
	if list, err := a.LoadMessages("c"); err != nil || len(list) != 2 {
		t.Errorf("%d messages, %v", len(list), err)
	}
}
