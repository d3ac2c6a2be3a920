package find

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Người ĐÂU, đâu? NGƯỜI", "nguoi dau dau nguoi "},
		{"ngu\u031bo\u031b\u0300i", "nguoi "}, // decomposed
		{"你好世界", "你好 好世 世界 界 "},
		{"Go世界go 人", "go 世界 界 go 人 "},
		{"foo_bar-1.5 C++", "foo bar 1 5 c "},
		{"Straße Łódź smørrebrød Æ", "strasse lodz smorrebrod ae "},
		{"ｆｕｌｌ ﬁt ｶﾞ", "full fit ガ "},
		{"a\x00b\xffc \u00ad so\u00adft", "a b c soft "},
		{"ok 🎉🎉", "ok 🎉🎉 🎉 "},
		{"किताब", "किताब "},
		{"", ""},
	} {
		if got := Fold(c.text); got != c.want {
			t.Errorf("%q folds to %q, not %q", c.text, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"nguoi", `"nguoi"*`},
		{"retry budget", `"retry" "budget"*`},
		{`"retry budget" go`, `"retry budget" "go"*`},
		{`"retry bud`, `"retry bud"*`},
		{"“retry budget”", `"retry budget"`},
		{"retry b", `"retry"`}, // the b is half typed
		{"plan b ", `"plan" "b"`},
		{"世界", `"世界"*`},
		{"好世界", `"好世 世界"*`},
		{"世", `"世"*`},
		{"世 go", `"世"* "go"*`},
		{"世界go", `"世界 界 go"*`},
		{"foo_bar x", `"foo bar"`},
		{`OR NOT NEAR( ) * ^ : -`, `"or" "not" "near"`},
		{`"""`, ""},
		{"++ --", ""},
		{"\x00\xff", ""},
	} {
		if got := Parse(c.typed).Match(); got != c.want {
			t.Errorf("%q becomes %s, not %s", c.typed, got, c.want)
		}
	}
	if !Parse("n").Short() || Parse("no").Short() || Parse("世").Short() || Parse(`"n"`).Short() {
		t.Error("only a single letter that is being typed is too short")
	}
	if n := len(Parse(strings.Repeat("word ", 2000)).Terms); n > maxWords {
		t.Errorf("%d terms", n)
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		typed, text string
		want        []string
	}{
		{"dau", "Đâu là đầu", []string{"Đâu", "đầu"}},
		{"ngu", "người người", []string{"người", "người"}},
		{"世界", "你好世界！世界", []string{"世界", "世界"}},
		{"世", "你好世界", []string{"世"}},
		{"界", "你好世界", []string{"界"}},
		{"哈哈", "哈哈哈", []string{"哈哈哈"}},
		{`"retry budget"`, "a retry; budget. retry the budget", []string{"retry; budget"}},
		{"foo_b", "foo_bar foo", []string{"foo_bar"}},
	} {
		var got []string
		for _, m := range Parse(c.typed).Marks(c.text) {
			got = append(got, c.text[m.From:m.To])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q in %q marks %q, not %q", c.typed, c.text, got, c.want)
		}
		if !Parse(c.typed).In(c.text) {
			t.Errorf("%q is not in %q", c.typed, c.text)
		}
	}
	if q := Parse("world hello"); q.In("hello there") || !q.In("hello, worl, world") {
		t.Error("every term must be there")
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("padding words here\n\n", 200) + "the retry   budget of\nthe pool " + strings.Repeat("and on ", 200)
	s, marks := Parse("retry budget").Snippet(long)
	if !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") || strings.ContainsAny(s, "\n") || strings.Contains(s, "  ") {
		t.Errorf("%q", s)
	}
	var got []string
	for _, m := range marks {
		got = append(got, s[m.From:m.To])
	}
	if !slices.Equal(got, []string{"retry", "budget"}) {
		t.Errorf("%q of %q", got, s)
	}
	if i := utf8.RuneCountInString(s[:marks[0].From]); i > snippetBefore+1 {
		t.Errorf("the hit stands %d characters in", i)
	}
	// Where both stand together is shown, not where one comes first.
	s, marks = Parse("retry budget").Snippet("retry at first. " + strings.Repeat("padding ", 100) + "a retry budget")
	if len(marks) != 2 || !strings.Contains(s, "a retry budget") {
		t.Errorf("%q %v", s, marks)
	}
	if s, marks = Parse("absent").Snippet("short text"); s != "short text" || len(marks) != 0 {
		t.Errorf("%q %v", s, marks)
	}
}

// FuzzFind checks what an index relies on: a text that has a word is found by it, nothing typed breaks out of its quotes, and marks and
// snippets are whole.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"nguoi", `"a b`, "世界 \"x\" *", "NEAR(a b, 3) OR ^c", "\x00\"\xff", "e\u0301\u0301", "🎉\ufe0f", "哈哈哈哈", strings.Repeat("a\u0301", 99)} {
		f.Add(s, "một text với "+s+" đâu 你好世界")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		if len(typed) > 4096 || len(text) > 4096 {
			return
		}
		q := Parse(typed)
		match := q.Match()
		if !utf8.ValidString(match) || strings.ContainsRune(match, 0) || strings.Count(match, `"`) != 2*len(q.Terms) {
			t.Fatalf("%q becomes %q", typed, match)
		}
		words := 0
		for _, term := range q.Terms {
			words += len(term.Words)
			for _, w := range term.Words {
				if len(w) == 0 || len(w) > maxWord+32 || strings.ContainsAny(w, " \"*") {
					t.Fatalf("%q has the word %q", typed, w)
				}
			}
		}
		if words > maxWords {
			t.Fatalf("%d words", words)
		}
		// A word of the text finds the text.
		var first string
		Each(text, func(w Word) bool { first = text[w.From:w.To]; return false })
		if p := Parse(`"` + first + `"`); first != "" && len(p.Terms) == 1 && !p.In(text) {
			t.Fatalf("%q is not in %q", first, text)
		}
		end := 0
		for _, m := range q.Marks(text) {
			if m.From < end || m.To <= m.From || m.To > len(text) {
				t.Fatalf("marks %v of %q", m, text)
			}
			end = m.To
		}
		s, marks := q.Snippet(text)
		if utf8.RuneCountInString(s) > snippetRunes+2 {
			t.Fatalf("%d characters", utf8.RuneCountInString(s))
		}
		end = 0
		for _, m := range marks {
			if m.From < end || m.To <= m.From || m.To > len(s) {
				t.Fatalf("marks %v of %q", marks, s)
			}
			end = m.To
		}
	})
}

// TestShortCuts compares what is folded without the tables of Unicode with what they say.
func TestShortCuts(t *testing.T) {
	var quick, full cutter
	for r := rune(0x80); r < 0x1F000; r++ {
		s := string(r)
		if what := quick.common(r, s); what != parts && (what != full.fold(s) || string(quick.folded) != string(full.folded)) {
			t.Errorf("%U is folded to %q, not %q", r, quick.folded, full.folded)
		}
		if alone(s) && norm.NFC.NextBoundaryInString("e"+s+"e", true) != 1 {
			t.Errorf("%U goes with what stands before it", r)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"english": "the retry budget of the whole pool is spent. ", "vietnamese": "ngân sách thử lại của cả nhóm đã hết rồi. ", "chinese": "整个连接池的重试预算已经用完了。"} {
		b.Run(name, func(b *testing.B) {
			s := strings.Repeat(s, 100)
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
