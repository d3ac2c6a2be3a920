package text

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "abc\ndef", "abc\ndef"},
		{"colour", "\x1b[31mred", "␛[31mred"},
		{"unterminated title", "\x1b]0;evil", "␛]0;evil"},
		{"device control", "\x1bP1$r\x1b\\", "␛P1$r␛\\"},
		{"C1 as a rune", "a\u009b31mb", "a▯31mb"},
		{"C1 as a byte", "a\x9b31mb", "a\ufffd31mb"},
		{"bell, NUL, DEL", "\a\x00\x7f", "␇␀␡"},
		{"bidi", "a\u202eb\u2066c\u200f", "a▯b▯c▯"},
		{"tags", "\U000e0041", "▯"},
		{"separators and BOM", "\ufeffa\u2028b\u2029", "▯a▯b▯"},
		{"CRLF", "a\r\nb\r\r\nc\r", "a\nb␍\nc␍"},
		{"tab", "\ta\tb", "    a    b"},
		{"invalid UTF-8", "a\xffb\xe4\xb8", "a\ufffdb\ufffd\ufffd"},
		{"NFC", "e\u0301", "é"},
		{"Hangul", "\u1112\u1161\u11ab", "한"},
		{"emoji stay whole", "👩‍👩‍👧‍👦🇫🇷👍🏽", "👩‍👩‍👧‍👦🇫🇷👍🏽"},
		{"endless marks", strings.Repeat("\u0316", 60), strings.Repeat("\u0316", 24) + "▯" + strings.Repeat("\u0316", 23) +
			"▯" + strings.Repeat("\u0316", 11)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Clean(tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFilterHoldsBackLittle(t *testing.T) {
	var f Filter
	for _, step := range []struct{ in, want string }{
		{"Hel", "He"}, {"lo ", "llo "}, {"e", ""}, {"\u0301", ""}, {"x\r", "é"}, {"\n", "x\n"}, {"\xe4", ""},
		{"\xb8\xad", ""}, {"!", "中"},
	} {
		if got := f.Write(step.in); got != step.want {
			t.Errorf("after %q came %q, want %q", step.in, got, step.want)
		}
	}
	if got := f.Flush(); got != "!" {
		t.Errorf("flush gives %q", got)
	}
}

func TestLine(t *testing.T) {
	if got := Line("  a \r\n\n  b\nc "); got != "a b c" {
		t.Errorf("got %q", got)
	}
	if got := Line("x\x1b[2J"); got != "x␛[2J" {
		t.Errorf("got %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		in   string
		w    int
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"日本語の文", 4, []string{"日本", "語の", "文"}},
		{"a\n\nb", 10, []string{"a", "", "b"}},
		{"e\u0301e\u0301e\u0301e\u0301", 2, []string{"éé", "éé"}},
		{"**\u3000\u0314bc", 7, []string{"**\u3000\u0314bc"}},
		{"", 5, []string{""}},
	} {
		got := Wrap(tc.in, tc.w)
		if strings.Join(got, "|") != strings.Join(tc.want, "|") {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tc.in, tc.w, got, tc.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, tc := range []struct {
		in   string
		w    int
		want string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"x", 0, ""}} {
		if got := Truncate(tc.in, tc.w); got != tc.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tc.in, tc.w, got, tc.want)
		}
	}
}

func TestPlain(t *testing.T) {
	raw := []byte("a\x1b[31mb\r\n")
	for terminal, want := range map[bool]string{true: "a␛[31mb\n", false: string(raw)} {
		var out bytes.Buffer
		p := NewPlain(&out, terminal)
		for _, c := range raw {
			if _, err := p.Write([]byte{c}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Flush(); err != nil || out.String() != want {
			t.Errorf("terminal %v: %q, %v", terminal, out.String(), err)
		}
	}
}

func TestASCIICostsNothing(t *testing.T) {
	s := strings.Repeat("plain text, nothing to do\n", 10)
	if n := testing.AllocsPerRun(100, func() { _ = Clean(s) }); n != 0 {
		t.Errorf("Clean: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = Width(s[:20]) + len(Truncate(s[:20], 80)) }); n != 0 {
		t.Errorf("Width and Truncate: %v allocations", n)
	}
	var f Filter
	if n := testing.AllocsPerRun(100, func() { _ = f.Write(" word ") }); n != 0 {
		t.Errorf("Write: %v allocations", n)
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		"plain", "\x1b]0;x\a", "a\r\nb\r", "e\u0301\u0323", "\u1112\u1161\u11ab\u1161\u1161", "\xe4\xb8\xad\xff", "👩‍👩‍👧‍👦",
		"🇫🇷🇩🇪🇫", "\u0958\u0344\u0344",
		strings.Repeat("\u0344", 40), strings.Repeat("\u1161", 40), "a\t\u202e\ufeff", "\u0b47\u0b3e", "=\u0338 <\u0338",
		"\u00a0\u0301\u00c5",
	} {
		f.Add(s, uint8(3), uint8(7))
	}
	f.Fuzz(func(t *testing.T, s string, i, j uint8) {
		whole := Clean(s)
		for _, c := range []byte(whole) {
			if c < 0x20 && c != '\n' || c == 0x7f {
				t.Fatalf("byte %#x in %q", c, whole)
			}
		}
		if !utf8.ValidString(whole) || !norm.NFC.IsNormalString(whole) {
			t.Fatalf("not valid NFC: %q", whole)
		}
		for _, r := range whole {
			if show(r) != r {
				t.Fatalf("%#x in %q", r, whole)
			}
		}
		if again := Clean(whole); again != whole {
			t.Fatalf("not idempotent: %q, then %q", whole, again)
		}
		a := min(int(i), len(s))
		b := min(a+int(j), len(s))
		var cut, bytewise Filter
		if got := cut.Write(s[:a]) + cut.Write(s[a:b]) + cut.Write(s[b:]) + cut.Flush(); got != whole {
			t.Fatalf("cut at %d and %d: %q, whole %q", a, b, got, whole)
		}
		got := ""
		for k := range len(s) {
			got += bytewise.Write(s[k : k+1])
		}
		if got += bytewise.Flush(); got != whole {
			t.Fatalf("bytewise %q, whole %q", got, whole)
		}
	})
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("日本語の文 e\u0301", 3)
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = 2 + (w&0x3f)%60
		clean := Clean(s)
		for _, line := range Wrap(clean, w) {
			if Width(line) > w && utf8.RuneCountInString(line) > 1 {
				t.Fatalf("a line of %d cells in %d: %q", Width(line), w, line)
			}
		}
	})
}

func BenchmarkFilterASCII(b *testing.B) {
	var f Filter
	b.ReportAllocs()
	for b.Loop() {
		f.Write(" word")
	}
}

func BenchmarkCleanCJK(b *testing.B) {
	s := strings.Repeat("佐藤様、返金の手続きは本日完了いたしました。", 20)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Clean(s)
	}
}

// TestProseBreaksBetweenWords: as Wrap does, for our own sentences; what reflow can't do is left to Wrap.
func TestProseBreaksBetweenWords(t *testing.T) {
	for _, tc := range []struct {
		in   string
		w    int
		want []string
	}{
		{"Cancel 412 rows?", 40, []string{"Cancel 412 rows?"}},
		{"They are not sent any more.", 12, []string{"They are not", "sent any", "more."}},
		{"one\n\ntwo three", 5, []string{"one", "", "two", "three"}},
		{"in a-very-long-file-name-without-blanks.jsonl", 10, nil},
		{"delete 你好世界你好世界 now", 10, nil},
	} {
		got := Prose(tc.in, tc.w)
		if tc.want != nil && !slices.Equal(got, tc.want) {
			t.Errorf("%q at %d: %q, want %q", tc.in, tc.w, got, tc.want)
		}
		for _, l := range got {
			if Width(l) > tc.w {
				t.Errorf("%q at %d: the line %q has %d cells", tc.in, tc.w, l, Width(l))
			}
		}
	}
}

// TestEveryRuneThatHides: each of them is replaced, and its neighbours are not.
func TestEveryRuneThatHides(t *testing.T) {
	hides := map[rune]bool{}
	for _, span := range [][2]rune{
		{0x80, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff},
		{0xe0000, 0xe007f},
	} {
		for r := span[0]; r <= span[1]; r++ {
			hides[r] = true
		}
		for _, neighbour := range []rune{span[0] - 1, span[1] + 1} {
			if !hides[neighbour] {
				hides[neighbour] = false // a key, so that it is tried
			}
		}
	}
	for r, want := range hides {
		if got := strings.Contains(Clean("a"+string(r)+"b"), string(r)); got == want && r != 0x7f {
			t.Errorf("%U comes through: %v", r, got)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "rows", 1: "row", 2: "rows"} {
		if got := Plural(n, "row"); got != want {
			t.Errorf("Plural(%d) = %q", n, got)
		}
	}
}
