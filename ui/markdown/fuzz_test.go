package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"relaytop/ui/text"
)

// FuzzSplitting cuts a text at two places, draws every state in between, and compares with the text in one piece.
func FuzzSplitting(f *testing.F) {
	for _, s := range []string{
		"# a\n\ntext\n- x\n  - y\n```go\nfunc f() {}\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend",
		"1. one\n   ```\n   code\n   ```\n2. two\n\n> quote\n> ```\n> x\n\n---\n***\n",
		"Tiếng Việt e\u0323\u0302 và 漢字 \u202e abc\r\n\x1b[31mred\nשלום",
		"foo\n---\nbar\n===\n- \n- a\n\n      code\n\t\ttabs\n[x](http://a.b/c) <br> &amp; `a\nb`",
		"~~~\n```\n~~~~\n- [x] done\n- [ ] not\n+ a\n* b\n10) c",
		strings.Repeat("word ", 2000), strings.Repeat("x", 9000),
	} {
		f.Add(s, uint16(len(s)/3), uint16(2*len(s)/3), uint8(40))
	}
	st, kit := testStyles(f), testKit()
	f.Fuzz(func(t *testing.T, s string, a, b uint16, w uint8) {
		if len(s) > 20_000 {
			return
		}
		width := 12 + int(w)%120
		i, j := min(int(a), len(s)), min(int(b), len(s))
		i, j = min(i, j), max(i, j)
		whole := draw(t, st, width, text.Clean(s))
		var filter text.Filter
		pieces := []string{filter.Write(s[:i]), filter.Write(s[i:j]), filter.Write(s[j:]), filter.Flush()}
		if got := draw(t, st, width, pieces...); !slices.Equal(got, whole) {
			t.Errorf("cut at %d and %d it differs:\n%q\n%q", i, j, got, whole)
		}
		got, want := grow(t, New(kit, st, width), pieces[:3]...), grow(t, New(kit, st, width), strings.Join(pieces[:3], ""))
		if !slices.Equal(got, want) {
			t.Errorf("cut at %d and %d it differs while it goes on:\n%q\n%q", i, j, got, want)
		}
		for _, l := range whole {
			if strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(l, "\x1b[", ""), "\x1b]8;;", ""), "\a\r\n\t") {
				t.Errorf("a control character came through: %q", l)
			}
		}
	})
}

func TestEveryCut(t *testing.T) {
	st := testStyles(t)
	s := "# Head\n\nsome **bold** text\nmore `co\nde`\n\n- a\n  - b\n\n    c\n- d\n\n```go\nfunc f() {\n}\n```\n\n" +
		"| a | b |\n|---|---|\n| 1 | 2 |\nx\n\n> q\nlazy\n\nend\n---\n"
	whole := draw(t, st, 40, s)
	for i := range len(s) {
		if got := draw(t, st, 40, s[:i], s[i:]); !slices.Equal(got, whole) {
			t.Fatalf("cut at %d it differs:\n%s\n%s", i, plainText(got), plainText(whole))
		}
	}
	var bytes []string
	for i := range len(s) {
		bytes = append(bytes, s[i:i+1])
	}
	if got := draw(t, st, 40, bytes...); !slices.Equal(got, whole) {
		t.Error("byte by byte it differs")
	}
}

func TestResizeDrawsTheSame(t *testing.T) {
	st := testStyles(t)
	s := "text that is long enough to wrap somewhere\n\n```go\nx := 1\ny := 2\n"
	m := New(testKit(), st, 20)
	m.Write(s)
	m.Height()
	m.Resize(st, 40)
	if got := plainText(m.Lines(nil, 0, m.Height())); !strings.Contains(got, "x := 1\n  y := 2\n") {
		t.Errorf("the open fence lost lines:\n%s", got)
	}
	m.Write("z := 3")
	m.Close()
	if got, want := m.Lines(nil, 0, m.Height()), draw(t, st, 40, s+"z := 3"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", plainText(got), plainText(want))
	}
	if all, part := m.Lines(nil, 0, m.Height()), m.Lines(nil, 1, 3); !slices.Equal(all[1:3], part) {
		t.Errorf("a window shows %q, not %q", part, all[1:3])
	}
}

func TestFinishedBlocksAreNotDrawnAgain(t *testing.T) {
	m := New(testKit(), testStyles(t), 40)
	m.Write("one\n\ntwo\n\nthree")
	m.Height()
	was := &m.split.done[0].rows[0]
	for range 10 {
		m.Write(" more")
		m.Height()
	}
	if &m.split.done[0].rows[0] != was || len(m.split.done) != 2 {
		t.Error("a finished block was drawn again")
	}
}

func TestCodeBlocksAreRaw(t *testing.T) {
	got := CodeBlocks("a\r\n```go\r\nfunc f() {\n\treturn\n}\n```\n1. x\n   ```sh\n   ls\n   ```\n> ```\n> quoted\n" +
		"> ```\n```\nlast")
	want := []Code{{"go", "func f() {\n\treturn\n}"}, {"sh", "ls"}, {"", "quoted"}, {"", "last"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHighlightKnowsItsLanguages(t *testing.T) {
	k, st := testKit(), testStyles(t)
	for _, lang := range []string{"go", "python", "py", "js", "ts", "rust", "c", "cpp", "java", "bash", "sh", "json",
		"yaml", "toml", "sql", "html", "css", "diff", "dockerfile", "makefile"} {
		if k.lexers.get(lang) == nil {
			t.Errorf("no lexer for %s", lang)
		}
	}
	code := []string{`{"a": [1, true], "b": "x"}`, "", "  `"}
	for _, lang := range []string{"json", "nonesuch", "go", "html", "python"} {
		for i, runs := range k.highlight(st, lang, code) {
			var b strings.Builder
			for _, r := range runs {
				b.WriteString(r.text)
			}
			if b.String() != code[i] {
				t.Errorf("%s: line %d became %q", lang, i, b.String())
			}
		}
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.io/b?c=d": "https://a.io/b?c=d", "http://a.io": "http://a.io", "mailto:a@b.c": "mailto:a@b.c",
		"javascript:alert(1)": "", "file:///etc/passwd": "", "https://good.io@evil.io": "", "https://": "", "a.io": "",
		"https://a.io/\x1b]": "", "https://a.io/ü": "https://a.io/%C3%BC",
	} {
		if got := safeURL(in); got != want {
			t.Errorf("safeURL(%q) = %q, want %q", in, got, want)
		}
	}
}

// BenchmarkToken is the cost of one token and the frame after it. It must not grow with what stands before.
func BenchmarkToken(b *testing.B) {
	para := "A limit per request is not enough: 50 workers with **3 attempts** each are still `150 calls` at the " +
		"worst moment.\n\n"
	for _, n := range []int{10, 1000} {
		for _, open := range []struct{ name, text string }{{"prose", ""}, {"code", "```go\n"}} {
			b.Run(fmt.Sprintf("%s/%d", open.name, n), func(b *testing.B) {
				m := New(testKit(), testStyles(b), 100)
				if open.text == "" {
					m.Write(strings.Repeat(para, n))
				} else {
					m.Write(open.text + strings.Repeat("x := 1\n", 10*n))
				}
				m.Height()
				var buf []string
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if i++; i%20 == 0 {
						m.Write("\n\n")
					}
					m.Write(" token")
					h := m.Height()
					buf = m.Lines(buf[:0], h-40, h)
				}
			})
		}
	}
}
