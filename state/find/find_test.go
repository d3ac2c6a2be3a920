package find

import (
	"fmt"
	"hash/fnv"
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
		{"call SetMaxOpenConns now", "call setmaxopenconns now ¶ call set max open conns now ¶ setmax ¶ setmaxopen ¶ " +
			"maxopen ¶ maxopenconns ¶ openconns "},
		{"a b HTTPServer c d iPhone", "a b httpserver c d iphone ¶ b http server c d i phone "},
		{"a HTTPServer b c d iPhone", "a httpserver b c d iphone ¶ a http server b ¶ d i phone "},
		{"HTTP go Go", "http go go "},
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
		{"retry budget", `"retry" AND "budget"*`},
		{`"retry budget" go`, `"retry budget" AND "go"*`},
		{`"retry bud`, `"retry bud"*`},
		{"“retry budget”", `"retry budget"`},
		{"retry b", `"retry"`}, // the b is half typed
		{"plan b ", `"plan" AND "b"`},
		{"世界", `"世界"*`},
		{"好世界", `"好世 世界"*`},
		{"世", `"世"*`},
		{"世 go", `"世"* AND "go"*`},
		{"世界go", `"世界 界 go"*`},
		{"foo_bar x", `"foo bar"`},
		{`OR NOT NEAR( ) * ^ : -`, `"or" AND "not" AND "near"`},
		{`"""`, ""},
		{"++ --", ""},
		{"\x00\xff", ""},
		{"MaxOpen", `("maxopen"* OR "max open"*)`},
		{"maxopen", `"maxopen"*`},
		{"MaxO", `"maxo"*`}, // the o is half typed
		{"planB ", `"planb"*`},
		{"planB now", `("planb" OR "plan b") AND "now"*`},
		{`"db.SetMax(10)" go`, `("db setmax 10" OR "db set max 10") AND "go"*`},
		{"SetMax世界", `("setmax 世界"* OR "set max 世界"*)`},
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
		{"MaxOpen", "SetMaxOpenConns, maxopen, max_open and max  openly",
			[]string{"MaxOpen", "maxopen", "max_open", "max  openly"}},
		{"maxopenconns", "db.SetMaxOpenConns(10)", []string{"MaxOpenConns"}},
		{"maxopenc", "db.SetMaxOpenConnsPerHost(10)", []string{"MaxOpenConns"}},
		{"setm", "db.SetMaxOpenConns(10)", []string{"SetMax"}},
		{"set", "db.SetMaxOpenConns(10)", []string{"Set"}},
		{"open", "SetMaxOpenConns", []string{"Open"}},
		{"conns set", "SetMaxOpenConns", []string{"Set", "Conns"}},
		{`"SetMaxOpenConns to 10"`, "call SetMaxOpenConns to 10", []string{"SetMaxOpenConns to 10"}},
		{`"openconns"`, "SetMaxOpenConns", []string{"OpenConns"}},
		{`"open conns to"`, "call SetMaxOpenConns to 10", []string{"OpenConns to"}},
		{`"call set max"`, "call SetMaxOpenConns to 10", []string{"call SetMax"}},
		{"max_open", "SetMaxOpenConns", []string{"MaxOpen"}},
		{"MaxOpenConns(10)", "SetMaxOpenConns(10)", []string{"MaxOpenConns(10"}},
		{"tổngSố", "tínhTổngSố, tinhTongSo", []string{"TổngSố", "TongSo"}},
		{"HTTPS", "an HTTPServer", []string{"HTTPServer"}},
		{"httpserver", "MyHTTPServer", []string{"HTTPServer"}},
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
	for _, c := range [][2]string{ // neighbours in the streams that are none in the text
		{`"max maxopen"`, "SetMaxOpenConns"}, {`"conns setmax"`, "SetMaxOpenConns"}, {`"now set"`, "SetMaxOpenConns now"},
		{`"b d"`, "a HTTPServer b c d iPhone"},
		{`"first second"`, "httpFirst x y SecondHttp"},
	} {
		if Parse(c[0]).In(c[1]) {
			t.Errorf("%s is in %q", c[0], c[1])
		}
	}
	if q := Parse(`"first second" third`); q.In("first", "second third") || !Parse("first second third").In("first",
		"second third") {
		t.Error("a phrase stands in one text, terms in any")
	}
	if q := Parse("world hello"); q.In("hello there") || !q.In("hello, worl, world") {
		t.Error("every term must be there")
	}
}

// TestParts checks where names are split.
func TestParts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SetMaxOpenConns", "set max open conns"}, {"HTTPServer", "http server"},
		{"parseHTTPRequest", "parse http request"}, {"userIDs", "user ids"},
		{"userIDsByName", "user ids by name"}, {"iOSApp", "i os app"}, {"HTTP2Server", "http2 server"},
		{"sha256Sum", "sha256 sum"},
		{"X509KeyPair", "x509 key pair"}, {"vec2D", "vec2 d"}, {"3D", "3d"}, {"550E8400", "550e8400"}, {"NGƯỜI", "nguoi"},
		{"NgườiDùng", "nguoi dung"},
		{"Ngu\u031bo\u031b\u0300iDu\u0300ng", "nguoi dung"}, {"ДобавитьВСписок", "добавить в список"},
		{"so\u00adftWord", "soft word"},
		{strings.Repeat("Aa", maxParts), strings.TrimSpace(strings.Repeat("aa ", maxParts))},
		{strings.Repeat("Aa", maxParts+1), strings.Repeat("aa", maxParts+1)}, // a key
		{"Long" + strings.Repeat("x", maxWord) + "Word", "long" + strings.Repeat("x", maxWord-4)},
	} {
		var got []string
		Each(c.text, func(w Word) bool { got = w.appendParts(got); return true })
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q parts into %q, not %q", c.text, s, c.want)
		}
	}
}

// TestRules fails when a text is split in another way: then increment Rules, or existing indexes miss matches, and
// update the sum.
func TestRules(t *testing.T) {
	text := "Người ĐÂU foo_bar-1.5 C++ 你好世界 Go世界go 🎉🎉 Straße ﬁt किताब parseHTTPRequest(userIDs) x y z NgườiDùng " +
		"ДобавитьВСписок 550E8400 sha256Sum"
	h := fnv.New64a()
	_, _ = h.Write([]byte(Fold(text, text+"!")))
	if got, want := fmt.Sprintf("%d:%x", Rules, h.Sum64()), "2:c896f110300eae1b"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestShow(t *testing.T) {
	q := Parse("MaxOpen budget")
	for _, c := range []struct {
		texts []string
		at    int
		all   bool
	}{
		{[]string{"a budget", "max open", "the budget of SetMaxOpenConns", "budget maxopen"}, 2, true},
		{[]string{"nothing", "a budget"}, 1, false},
		{[]string{"nothing", ""}, -1, false},
		{nil, -1, false},
	} {
		if s := q.Show(c.texts...); s.At != c.at || s.All != c.all || (s.At < 0) != (len(s.Marks) == 0) {
			t.Errorf("%q: %+v", c.texts, s)
		}
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("padding words here\n\n", 200) + "the retry   budget of\nthe pool " +
		strings.Repeat("and on ", 200)
	snippet := func(typed, text string) (string, []Mark) {
		s := Parse(typed).Show(text)
		return s.Snippet, s.Marks
	}
	s, marks := snippet("retry budget", long)
	if !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") || strings.ContainsAny(s, "\n") ||
		strings.Contains(s, "  ") {
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
	// The part with both is shown, not the first one with either.
	s, marks = snippet("retry budget", "retry at first. "+strings.Repeat("padding ", 100)+"a retry budget")
	if len(marks) != 2 || !strings.Contains(s, "a retry budget") {
		t.Errorf("%q %v", s, marks)
	}
	if s, marks = snippet("absent", "short text"); s != "short text" || len(marks) != 0 {
		t.Errorf("%q %v", s, marks)
	}
}

// FuzzFind checks what an index relies on: a text is found by each of its words, no query breaks out of its quotes,
// and marks and snippets do not split characters.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"nguoi", `"a b`, "世界 \"x\" *", "NEAR(a b, 3) OR ^c", "\x00\"\xff", "e\u0301\u0301",
		"🎉\ufe0f", "哈哈哈哈", strings.Repeat("a\u0301", 99), "MaxOpen", "SetMaxOpenConns(userIDs)", "aĐb"} {
		f.Add(s, "một text với "+s+" đâu 你好世界")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		if len(typed) > 4096 || len(text) > 4096 {
			return
		}
		q := Parse(typed)
		match := q.Match()
		phrases := 0
		for _, term := range q.Terms {
			phrases += len(term.forms())
		}
		if !utf8.ValidString(match) || strings.ContainsRune(match, 0) || strings.Count(match, `"`) != 2*phrases {
			t.Fatalf("%q becomes %q", typed, match)
		}
		words := 0
		for _, term := range q.Terms {
			words += len(term.Words) + len(term.Parts)
			for _, w := range slices.Concat(term.Words, term.Parts) {
				if len(w) == 0 || len(w) > maxWord+32 || strings.ContainsAny(w, " \"*") {
					t.Fatalf("%q has the word %q", typed, w)
				}
			}
		}
		if words > maxWords {
			t.Fatalf("%d words", words)
		}
		// A word of the text finds the text, and so do the parts of a name, and joined parts.
		n := 0
		each(text, func(w *Word) bool {
			typed := text[w.From:w.To]
			if p := Parse(`"` + typed + `"`); len(p.Terms) == 1 && !p.In(text) {
				t.Fatalf("%q is not in %q", typed, text)
			}
			n++
			return n < 50
		})
		end := 0
		for _, m := range q.Marks(text) {
			if m.From < end || m.To <= m.From || m.To > len(text) {
				t.Fatalf("marks %v of %q", m, text)
			}
			end = m.To
		}
		sight := q.Show(text)
		s, marks := sight.Snippet, sight.Marks
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

// TestShortCuts compares what is folded without the tables of Unicode with the result of the tables.
func TestShortCuts(t *testing.T) {
	var quick, full folder
	for r := rune(0x80); r < 0x1F000; r++ {
		s := string(r)
		if what := quick.common(r, s); what != parts &&
			(what != full.fold(s) || string(quick.folded) != string(full.folded) || what == letter &&
				quick.capital != full.capital) {
			t.Errorf("%U is folded to %q, not %q", r, quick.folded, full.folded)
		}
		if alone(s) && norm.NFC.NextBoundaryInString("e"+s+"e", true) != 1 {
			t.Errorf("%U goes with what stands before it", r)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"english": "the retry budget of the whole pool is spent. ",
		"vietnamese": "ngân sách thử lại của cả nhóm đã hết rồi. ", "chinese": "整个连接池的重试预算已经用完了。",
		"code": "if err := db.SetMaxOpenConns(10); err != nil { return parseHTTPRequest(userIDs) } "} {
		b.Run(name, func(b *testing.B) {
			s := strings.Repeat(s, 100)
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
