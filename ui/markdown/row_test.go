package markdown

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/text"
)

// copied is a whole text as it is copied from the screen.
func copied(t testing.TB, m *Text) string {
	t.Helper()
	var j text.Joiner
	lines := m.Lines(nil, 0, m.Height())
	for i := range m.Height() {
		r := m.Row(i)
		if r.Line != lines[i] {
			t.Fatalf("row %d is %q, line %q", i, r.Line, lines[i])
		}
		if r.From < 0 || r.From > r.To || r.To > ansi.StringWidth(r.Line) {
			t.Fatalf("row %d has its text in %d..%d: %q", i, r.From, r.To, ansi.Strip(r.Line))
		}
		if !r.NoText {
			j.Add(ansi.Strip(ansi.Cut(r.Line, r.From, r.To)), r.Join)
		}
	}
	return j.String()
}

func marked(st *style.Styles, w int, s string) *Text {
	m := New(testKit(), st, w)
	m.Write(s)
	m.Close()
	return m
}

// TestRowsMakeTheTextAgain: what was broken only to fit is whole again, at any width.
func TestRowsMakeTheTextAgain(t *testing.T) {
	long := strings.Repeat("word ", 1200) + strings.Repeat("x", 9000) + " end"
	json := `{"a":"` + strings.Repeat("0123456789 ", 900) + `"}`
	for _, tt := range []struct{ name, in, want string }{
		{"paragraph", "One *soft* break\nand words that go on for more than one line of it, " +
			"https://example.org/a/path/that/is/torn",
			"One soft break and words that go on for more than one line of it, https://example.org/a/path/that/is/torn"},
		{"hard breaks stay", "one and a half  \ntwo<br>three", "one and a half\ntwo\nthree"},
		{"paragraphs", "# Head that is rather long too, for a narrow pane\n\na b\n\nc d",
			"Head that is rather long too, for a narrow pane\na b\n\nc d"},
		{"hyphens", "a well-known and state-of-the-art word-by-word thing",
			"a well-known and state-of-the-art word-by-word thing"},
		{"no blanks", "漢字かな交じり文です。漢字かな交じり文です。", "漢字かな交じり文です。漢字かな交じり文です。"},
		{"lists", "- one that goes on and on and on to the next line\n  - two that goes on and on and on too\n\n" +
			"    more of two, and more of it still",
			"- one that goes on and on and on to the next line\n  - two that goes on and on and on too\n\n" +
				"    more of two, and more of it still"},
		{"code", "see\n\n```go\nfunc f(a int, b string,   c map[string]string) error {\n    return nil\n\n}\n```\nend",
			"see\n\nfunc f(a int, b string,   c map[string]string) error {\n    return nil\n\n}\n\nend"},
		{"code in a list", "1. do\n   ```sh\n   ls --long --option /a/very/long/path\n   ```",
			"1. do\n\nls --long --option /a/very/long/path"},
		{"quote", "> one and two and three and four and five\n>\n> ```\n> code that is longer   than the line\n> ```",
			"one and two and three and four and five\n\ncode that is longer   than the line"},
		{"longer than a block may be", long, long},
		{"longer than a line of code may be", "```json\n" + json + "\nx\n```", json + "\nx"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st := testStyles(t)
			for _, w := range []int{24, 31, 40, 80, 120} {
				if got := copied(t, marked(st, w, tt.in)); got != tt.want {
					t.Errorf("%d cells: got\n%q\nwant\n%q", w, got, tt.want)
				}
			}
		})
	}
}

func TestRowsOfATableStandAlone(t *testing.T) {
	want := "a     bb\n--------\n1      2\nlong   |"
	if got := copied(t, marked(testStyles(t), 40, "| a | bb |\n|---|---:|\n| 1 | 2 |\n| long | \\| |")); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestRowsOfOpenCode: a line is whole while its fence is open, and while it grows itself.
func TestRowsOfOpenCode(t *testing.T) {
	line := "x := append(list, " + strings.Repeat("item, ", 40) + "last)"
	m := New(testKit(), testStyles(t), 40)
	m.Write("```go\n" + line + "\n" + line[:100])
	if got, want := copied(t, m), line+"\n"+strings.TrimRight(line[:100], " "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	m.Write(line[100:] + strings.Repeat(" and more", 600))
	if got, want := copied(t, m), line+"\n"+line+strings.Repeat(" and more", 600); got != want {
		t.Errorf("got\n%s", got)
	}
}

// A table that is drawn row by row is text too.
func TestRecordsCanBeMarked(t *testing.T) {
	m := New(testKit(), testStyles(t), 40)
	m.Write("| Tokens per second | Tokens per request | Explanation of it | Another column |\n|---|---|---|---|\n" +
		"| 61 | 412 | words that wrap somewhere in here | x |\n")
	m.Close()
	marked := 0
	var all strings.Builder
	for i := range m.Height() {
		r := m.Row(i)
		if r.To > r.From {
			marked++
		}
		all.WriteString(ansi.Strip(r.Line) + "\n")
	}
	if got := all.String(); marked < 5 || !strings.Contains(got, "second") || !strings.Contains(got, "request") {
		t.Errorf("%d rows can be marked:\n%s", marked, got)
	}
}
