package archive

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/state/find"
	"relaytop/state/session"
)

const many = 100_000

// corpus writes messages of some 600 bytes in three languages with the word frequencies of speech, as they stood
// before there was an index. Every fourth speaks of code: twelve names of two to four words. One in fifty has a
// file of 16 KB.
func corpus(b testing.TB, a *Archive) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	often := rand.NewZipf(r, 1.07, 4, 20_000)
	vowels := []string{"a", "e", "i", "o", "u", "ơ", "đa", "ươ", "ế"}
	words := make([]string, 20_001)
	for i := range words {
		var w strings.Builder
		for range 1 + r.IntN(4) {
			w.WriteString(string("bcdghklmnprstv"[r.IntN(14)]) + vowels[r.IntN(5+i%5)])
		}
		words[i] = w.String()
	}
	copy(words, []string{"the", "of", "and", "người", "đâu", "retry", "budget"})
	copy(words[300:], []string{"set", "max", "open", "conns"})
	of := rand.New(rand.NewPCG(5, 6)) // the rest is as it was without names
	named := rand.NewZipf(of, 1.07, 40, 19_000)
	name := func() (s string) {
		for range 2 + of.IntN(3) {
			r := []rune(words[300+named.Uint64()]) // no name is made of what stands in every sentence
			s += strings.ToUpper(string(r[:1])) + string(r[1:])
		}
		return s
	}
	err := a.db.tx(context.Background(), "filling", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO chats VALUES ('c', 0, 0, '{"id":"c","title":"a chat"}')`); err != nil {
			return err
		}
		put, err := tx.Prepare("INSERT INTO messages (chat, id, ended, text, reasoning, refusal, record) VALUES ('c', " +
			"?, 1, ?, '', '', ?)")
		if err != nil {
			return err
		}
		defer put.Close()
		for i := range many {
			var t strings.Builder
			for range 90 {
				t.WriteString(words[often.Uint64()] + " ")
			}
			if i%5 == 0 {
				for range 60 {
					t.WriteRune(rune(0x4e00 + min(often.Uint64(), 3000)))
				}
			}
			if i%4 == 1 {
				for range 12 {
					t.WriteString(" " + name())
				}
			}
			record := fmt.Sprintf(`{"chat":"c","id":%d,"role":"user","created":"2026-11-23T12:00:00Z","ended":true}`, i+1)
			if _, err := put.Exec(i+1, t.String(), record); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("INSERT INTO unindexed SELECT seq FROM messages"); err != nil {
			return err
		}
		file := make([]byte, 0, 17<<10)
		for i := range many / 50 {
			for file = file[:0]; len(file) < 16<<10; {
				file = append(append(file, words[often.Uint64()]...), ' ')
			}
			if err := putFiles(tx, int64(50*i+1), []session.Part{{Name: "notes.txt", Text: string(file)}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// indexed waits until everything is indexed.
func indexed(t testing.TB, a *Archive) {
	t.Helper()
	a.index.catchUp()
	a.index.mu.Lock()
	done := a.index.done
	a.index.mu.Unlock()
	if done != nil {
		<-done
	}
	if n, err := a.search.waiting(); n != 0 || err != nil {
		t.Fatalf("%d messages are not indexed: %v", n, err)
	}
}

// BenchmarkSearch searches 100,000 messages for common, rare and absent words, prefixes and phrases.
func BenchmarkSearch(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.db")
	a := open(b, path, Options{})
	corpus(b, a)
	from := time.Now()
	indexed(b, a)
	took := time.Since(from)
	size := func() int64 {
		_, _ = a.db.sql.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		return info.Size()
	}
	var bytes, index int64
	if err := a.db.sql.QueryRow("SELECT sum(length(cast(text AS BLOB))), (SELECT sum(length(block)) FROM words_data) "+
		"FROM messages").Scan(&bytes, &index); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d messages, %d MB of text, file %d MB of which index %d MB, indexed in %.1f s in the background", many,
		bytes>>20, size()>>20, index>>20, took.Seconds())
	for _, typed := range []string{"th", "the", "nguoi", "dau", "re", "ret", "retr", "retry bu", `"retry budget"`,
		`"the of"`, "th of an bu", "zzqj", "zz", "kado", "世", "一丁", "世界", "龘龘", "龘龘龘",
		"MaxOpen", "maxopen", "maxop", "MaxO", "max_open", "SetMaxOpenConns", "SetMax budget", `"the MaxOpen"`, "ZzQj",
		"zzqjMax"} {
		b.Run(strings.ReplaceAll(typed, " ", "_"), func(b *testing.B) {
			var f find.Found
			var err error
			for b.Loop() {
				if f, err = a.Search(typed, 50, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(f.Hits)), "hits")
		})
	}
	b.Run("while-indexing", func(b *testing.B) { // nothing is indexed yet: the newest are read as they are
		if err := a.index.remake(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := a.Search("the", 50, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("LIKE-miss", func(b *testing.B) { // what it takes without pairs
		for b.Loop() {
			var n int
			if err := a.db.sql.QueryRow("SELECT count(*) FROM messages WHERE text LIKE ?", "%龘龘龘%").Scan(&n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
