package archive

import (
	"database/sql"
	"math/rand/v2"
	"testing"

	"relaytop/state/find"
)

// scratch is an index in memory, made like that of the archive.
func scratch(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // each has a memory of its own
	create, err := emptyIndex()
	if err == nil {
		_, err = db.Exec(create)
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// agree compares what the index finds with the matches in the texts themselves.
func agree(t testing.TB, db *sql.DB, typed string, texts ...string) (has bool) {
	t.Helper()
	q := find.Parse(typed)
	if len(q.Terms) == 0 {
		return false
	}
	if _, err := db.Exec("INSERT OR REPLACE INTO words (rowid, said) VALUES (1, ?)", find.Fold(texts...)); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("SELECT EXISTS (SELECT 1 FROM words WHERE words MATCH ?)", q.Match()).Scan(&has); err != nil {
		t.Fatalf("%q, %s: %v", typed, q.Match(), err)
	}
	if has != q.In(texts...) {
		t.Fatalf("%q, %s, in %q: %v in the index %q", typed, q.Match(), texts, has, find.Fold(texts...))
	}
	if has {
		if s := q.Show(texts...); s.At < 0 || len(s.Marks) == 0 && len(texts[s.At]) < 100 {
			t.Fatalf("%q marks nothing in %q", typed, texts)
		}
	}
	return has
}

// TestIndexAgrees uses few characters, so that many queries match.
func TestIndexAgrees(t *testing.T) {
	db := scratch(t)
	r := rand.New(rand.NewPCG(3, 4))
	some := []rune("aaAbBA  _1世界sS\"Đđ\u0301")
	text := func(n int) string {
		out := make([]rune, r.IntN(n))
		for i := range out {
			out[i] = some[r.IntN(len(some))]
		}
		return string(out)
	}
	found := 0
	for range 1000 {
		if agree(t, db, text(9), text(40), text(12)) {
			found++
		}
	}
	if found < 100 {
		t.Errorf("%d were found: that compares nothing", found)
	}
}

func FuzzIndexAgrees(f *testing.F) {
	db := scratch(f)
	for _, c := range [][3]string{
		{"MaxOpen", "call SetMaxOpenConns", "now"}, {`"now set"`, "SetMaxOpen now", "set"}, {"世界 go", "你好世界", "Go"},
		{"aB c", "aBc abC", "xaBcD c"},
		{`"b c" d`, "aB cD", "b c d"}, {"ngu", "Người", "đâu"}, {"x_y z", "xY", "x yZ"},
	} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, typed, text, other string) {
		if len(text)+len(other) < 4096 {
			agree(t, db, typed, text, other)
		}
	})
}
