package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// grow draws a text that goes on.
func grow(t testing.TB, m *Text, pieces ...string) []string {
	t.Helper()
	for _, p := range pieces {
		m.Write(p)
		m.Height()
	}
	return m.Lines(nil, 0, m.Height())
}

func TestOpenFenceIsColouredLineByLine(t *testing.T) {
	st := testStyles(t)
	m := New(testKit(), st, 40)
	keyword := st.Keyword.On(style.Panel).Paint("func ")
	if got := grow(t, m, "```go\nfunc f"); strings.Contains(strings.Join(got, ""), keyword) {
		t.Errorf("a line that has not ended is coloured: %q", got)
	}
	got := grow(t, m, "() {\n")
	if !strings.Contains(got[1], keyword) {
		t.Errorf("a line that has ended is plain: %q", got[1])
	}
	if got = grow(t, m, "/* a\nfunc b\n*/\n"); strings.Contains(got[3], keyword) {
		t.Errorf("a comment of several lines is coloured as code: %q", got[3])
	}
}

// What an open fence shows depends on its text alone: not on the pieces, not on the widths it was shown in before.
func TestOpenFenceHowEverItCame(t *testing.T) {
	st, kit := testStyles(t), testKit()
	var b strings.Builder
	b.WriteString("```go\n")
	for i := range 3*pieceLines + 7 {
		fmt.Fprintf(&b, "func f%d() { return %d } // %s\n", i, i, strings.Repeat("x", i%60))
		if i == pieceLines-1 || i == pieceLines || i == 2*pieceLines+3 || i == 3*pieceLines+6 {
			s := b.String()
			whole := grow(t, New(kit, st, 50), s)
			var lines []string
			for l := range strings.SplitAfterSeq(s, "\n") {
				lines = append(lines, l)
			}
			if got := grow(t, New(kit, st, 50), lines...); !slices.Equal(got, whole) {
				t.Errorf("%d lines one by one differ from all at once", i+1)
			}
			m := New(kit, st, 30)
			grow(t, m, s[:len(s)/3])
			m.Resize(st, 70)
			grow(t, m, s[len(s)/3:])
			m.Resize(st, 50)
			if got := grow(t, m); !slices.Equal(got, whole) {
				t.Errorf("%d lines differ after two other widths", i+1)
			}
		}
	}
}

func TestLongCodeLinesGoOnUnderTheirIndentation(t *testing.T) {
	got := plainText(draw(t, testStyles(t), 40, "```\n    call(first argument, second argument, third)\n"+
		strings.Repeat("y", 50)+"\n```\n"))
	want := "                            [1] y copies\n" +
		"      call(first argument, second\n" +
		"    > argument, third)\n" +
		"  " + strings.Repeat("y", 36) + "\n> " + strings.Repeat("y", 14) + "\n"
	if !strings.HasSuffix(got, want[strings.IndexByte(want, '\n')+1:]) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCursorStandsBehindTheText(t *testing.T) {
	st := testStyles(t)
	for _, s := range []string{"", "word", "```go\n", "```go\nx := 1\n", "```go\nx := ", "- a\n  ```\n  y",
		"| a | b |\n|---|---|\n| 1 | 2", strings.Repeat("z", 40), "漢字漢"} {
		m := New(testKit(), st, 20)
		lines := grow(t, m, s)
		if len(lines) == 0 {
			continue
		}
		got := m.Cursor(lines[len(lines)-1])
		if n := ansi.StringWidth(got); n != 20 {
			t.Errorf("%q: the last line is %d cells wide: %q", s, n, got)
		}
		rest := widget.Blank(20 - ansi.StringWidth(strings.TrimRight(ansi.Strip(got), " ")))
		if strings.Contains(s, "```go\nx") && !strings.HasSuffix(got, st.Text.On(style.Panel).Paint(rest)) {
			t.Errorf("%q: the panel ends at the cursor: %q", s, got)
		}
	}
}
