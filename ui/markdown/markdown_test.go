package markdown

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
	"relaytop/ui/style"
)

func draw(t testing.TB, st *style.Styles, w int, pieces ...string) []string {
	t.Helper()
	m := New(testKit(), st, w)
	for _, p := range pieces {
		m.Write(p)
		m.Height() // every frame in between must leave no trace
	}
	m.Close()
	n := m.Height()
	lines := m.Lines(nil, 0, n)
	if len(lines) != n || m.Height() != n {
		t.Fatalf("%d lines were counted, %d are drawn, and then there are %d", n, len(lines), m.Height())
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("line %d is %d cells wide, not %d: %q", i, n, w, l)
		}
	}
	return lines
}

func plainText(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(ansi.Strip(l), " ") + "\n")
	}
	return b.String()
}

func TestBlocks(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"heading belongs to what follows", "## Head\n\nText *it* **bold** `code`.\n\nMore",
			"Head\nText it bold code.\n\nMore\n"},
		{"setext", "Head\n===\ntext", "Head\ntext\n"},
		{"soft and hard breaks", "one\ntwo  \nthree<br>four", "one two\nthree\nfour\n"},
		{"list", "a:\n- one\n- two\n  more\n  - in\n    1. deep\n- three",
			"a:\n- one\n- two more\n  - in\n    1. deep\n- three\n"},
		{"loose list keeps its gaps", "1. one\n\n2. two\n\n   more\n\nout", "1. one\n\n2. two\n\n   more\n\nout\n"},
		{"numbers go on", "1. a\n1. b\n1. c", "1. a\n2. b\n3. c\n"},
		{"a paragraph goes on over a number", "It was in\n1986. A year", "It was in 1986. A year\n"},
		{"a paragraph goes on over a number and )", "They are\n2) of many", "They are 2) of many\n"},
		{"a list that starts at 1 ends a paragraph", "These:\n1. a\n2. b", "These:\n1. a\n2. b\n"},
		{"a list that starts elsewhere, behind a blank line", "These:\n\n3. a\n4. b", "These:\n\n3. a\n4. b\n"},
		{"sloppy nesting", "1. a\n  - b\n2. c", "1. a\n   - b\n2. c\n"},
		{"tasks", "- [ ] open\n- [x] done", "o open\n+ done\n"},
		{"fence", "see\n```go title=x\nfunc f() {\n\treturn\n\n}\n```\nafter",
			"see\n\n  go                     [1] 1y copies\n  func f() {\n    return\n\n  }\n\nafter\n"},
		{"fence in a fence", "````md\n```go\nx\n```\n````", "  md                     [1] 1y copies\n  ```go\n  x\n  ```\n"},
		{"fence in a list", "1. do\n   ```sh\n   ls\n   ```\n2. next",
			"1. do\n\n     sh                  [1] 1y copies\n     ls\n\n2. next\n"},
		{"a fence that never ends", "```\nx\n", "                         [1] 1y copies\n  x\n"},
		{"quote", "> one\n> two\n>\n> - item\nafter", "| one two\n|\n| - item after\n"},
		{"rule", "a\n\n***\n\nb", "a\n\n" + strings.Repeat("-", 40) + "\n\nb\n"},
		{"table", "| a | bb |\n|---|---:|\n| 1 | 2 |\n| long | \\| |", "a     bb\n--------\n1      2\nlong   |\n"},
		{"no table", "a | b\nc | d", "a | b c | d\n"},
		{"references", "a &amp; &lt;b&gt; &#27;[2J \\*x\\*", "a & <b> ␛[2J *x*\n"},
		{"html is shown", "<b>x</b> a<br/>b", "<b>x</b> a\nb\n"},
		{"link says where", "[docs](https://x.io/a) <https://y.io> [js](javascript:alert)",
			"docs (https://x.io/a) https://y.io js\n(javascript:alert)\n"},
		{"wide", "漢字かな交じり文です。漢字かな交じり文です。", "漢字かな交じり文です。漢字かな交じり文で\nす。\n"},
		{"marks stay whole", "Tiếng Việt: ữ ộ ề", "Tiếng Việt: ữ ộ ề\n"},
	}
	st := testStyles(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plainText(draw(t, st, 40, strings.ReplaceAll(tt.in, "\t", "  "))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// testKit never gives up on a lexer: a busy machine must not make code plain. It is one for all tests.
var testKit = sync.OnceValue(func() *Kit {
	k := NewKit()
	k.patience = time.Hour
	return k
})

func testStyles(t testing.TB) *style.Styles {
	t.Helper()
	th, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, style.Options{Generation: 1, ASCII: true})
}
