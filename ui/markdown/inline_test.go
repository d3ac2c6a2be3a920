package markdown

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// table draws each text and compares it without its styles.
func table(t *testing.T, width int, cases [][2]string) {
	t.Helper()
	st := testStyles(t)
	for _, c := range cases {
		if got := plainText(draw(t, st, width, c[0])); got != c[1]+"\n" {
			t.Errorf("%q\ngot\n%s\nwant\n%s", c[0], got, c[1])
		}
	}
}

func TestOnlyTwoTildesStrikeOut(t *testing.T) {
	table(t, 80, [][2]string{
		{"3~5 times, 30~60%, ~1,100, a~b~c, ~/x and ~/y", "3~5 times, 30~60%, ~1,100, a~b~c, ~/x and ~/y"},
		{"~~gone~~ ok, 和~~「旧」~~后", "gone ok, 和「旧」后"},
		{"a ~~~b~~~ c ~~~~d~~~~", "a ~~~b~~~ c ~~~~d~~~~"},
		{"a ~~b~ c, ~ ~~ ~~", "a ~~b~ c, ~ ~~ ~~"},
	})
	st := testStyles(t)
	if got := strings.Join(draw(t, st, 20, "~~gone~~"), ""); !strings.Contains(got, st.Muted.Struck().Paint("gone")) {
		t.Errorf("it is not struck out: %q", got)
	}
}

func TestCharacterReferences(t *testing.T) {
	table(t, 80, [][2]string{
		{"&amp; &#65; &#065; &#x41; &#X00041;", "& A A A A"},
		{"&#x415555555; &#12345678; &#; &#x; &#xg1; &nosuch;", "&#x415555555; &#12345678; &#; &#x; &#xg1; &nosuch;"},
	})
}

func TestAsterisksThatMultiply(t *testing.T) {
	table(t, 80, [][2]string{
		{"2*3*4 = 24, f(x)=2*x*y, a*b*c", "2*3*4 = 24, f(x)=2*x*y, a*b*c"},
		{"**Result: 2*3 = 6** and", "Result: 2*3 = 6 and"},
		{"**Cost: 5*10 = 50**: paid", "Cost: 5*10 = 50: paid"},
		{"**width*height**", "width*height"},
		{"**5*3=15**, *5*3=15*, **2**3 = 8**", "5*3=15, 5*3=15, 2**3 = 8"},
		{"**n*2 = 2*n**", "n*2 = 2*n"},
		{"2**3**2 = 512, x**2 + y**2", "2**3**2 = 512, x**2 + y**2"},
		{"**API**s, *word*s, walk**ed**, **2**", "APIs, words, walked, 2"},
	})
}

// TestAGraphemeIsPaintedInOnePiece: a mark that is painted apart from its letter would take a cell more.
func TestAGraphemeIsPaintedInOnePiece(t *testing.T) {
	for _, src := range []string{"**น**ำ", "a *e*\u0301", "*👩\u200d*💻", "\u0604*a*", "\u0604[*a*"} {
		plain := strings.ReplaceAll(src, "*", "")
		for _, line := range draw(t, testStyles(t), 40, src) {
			if got := ansi.StringWidth(strings.TrimRight(ansi.Strip(line), " ")); got != ansi.StringWidth(plain) {
				t.Errorf("%q takes %d cells, not %d", line, got, ansi.StringWidth(plain))
			}
			if painted := ansi.StringWidth(line); painted != ansi.StringWidth(ansi.Strip(line)) {
				t.Errorf("%q takes %d cells painted", line, painted)
			}
		}
	}
}

func TestEmphasisBesideCJK(t *testing.T) {
	for in, want := range map[string]string{
		"**中文粗体**后面和**「引号」**后面，*强调*。": "中文粗体后面和「引号」后面，强调。",
		"日本語**太字**です。":                "日本語太字です。",
		"한국어**(괄호)**는 **굵게**는":        "한국어(괄호)는 굵게는",
		"太郎は**\"こんにちは\"**といった":        "太郎は\"こんにちは\"といった",
		"这是***「粗斜」***后，**粗*斜*体**。":    "这是「粗斜」后，粗斜体。",
		"**重要：**请注意，*注：*Latin":        "重要：请注意，注：Latin",
		"Go**「初心者」**を、**C#**や**F#**は": "Go「初心者」を、C#やF#は",
		"税込**¥10,000**で、**[链接](u)**后": "税込¥10,000で、链接 (u)后",
		"他说**“你好”**。**`code`**也":      "他说“你好”。code也",
		"文件_名称_是 snake_case_name":     "文件_名称_是 snake_case_name",
		"5 * 3 * 2, a*b, **a **b":     "5 * 3 * 2, a*b, **a **b",
		"中文__粗体__中文，__不__是":           "中文粗体中文，不是",
		"**\U0003c54d**#":             "\U0003c54d#",
		"中文__「粗体」__中文":                "中文「粗体」中文",
	} {
		if got := strings.TrimSuffix(plainText(draw(t, testStyles(t), 80, in)), "\n"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	st := testStyles(t)
	got := strings.Join(draw(t, st, 60, "和**「引号」**后面，日本語**太字**です"), "")
	for _, bold := range []string{"「引号」", "太字"} {
		if !strings.Contains(got, st.Text.Bold().Paint(bold)) {
			t.Errorf("%s is not bold: %q", bold, got)
		}
	}
}

func TestMathPassesThroughWhole(t *testing.T) {
	table(t, 80, [][2]string{
		{`Inline \(a_1 + b_2\) and $p_{i}$, $a*b*c$, $x &lt; y$`, `Inline \(a_1 + b_2\) and $p_{i}$, $a*b*c$, $x &lt; y$`},
		{`A set \{1, 2\}, space \, \; \! and \[x\]`, `A set \{1, 2\}, space \, \; \! and \[x\]`},
		{`but \*x\* and 1\. and \$5 are escapes`, `but *x* and 1. and $5 are escapes`},
		{"\\[\n\\sum_{i=1}^{n} x_i^2\n  = \\frac{a}{b} \\\\\n\\]", "\\[\n\\sum_{i=1}^{n} x_i^2\n  = \\frac{a}{b} \\\\\n\\]"},
		{"where\n$$\na = b\n+ c\n- d\n# e\n1. f\n$$\nand *more*", "where\n$$\na = b\n+ c\n- d\n# e\n1. f\n$$\nand more"},
		{"so $$E = mc^2$$ is\n\\begin{align}\na &= b \\\\\n&= *c*\n\\end{align}\ntext",
			"so $$E = mc^2$$ is\n\\begin{align}\na &= b \\\\\n&= *c*\n\\end{align}\ntext"},
		{"- item\n  $$\n  - x\n  $$\n- next", "- item\n  $$\n  - x\n  $$\n- next"},
		{"> $$\n> a\n> + b\n> $$", "| $$\n| a\n| + b\n| $$"},
		{"1. so\n$$\na\n+ b\n$$\n2. next", "1. so\n   $$\n   a\n   + b\n   $$\n2. next"},
		{"- costs $$\n- so\n  $$\n  - x\n  $$", "- costs $$\n- so\n  $$\n  - x\n  $$"},
		{"- $$ a\nlazy $$ b\n- c $$", "- $$ a\n  lazy $$ b\n  - c $$"},
		{"$$\na $$\\ \n*b*", "$$\na $$\\\nb"},
		{"# Sum of $a*b*$\n\n| a |\n|---|\n| $x*y*z$ |", "Sum of $a*b*$\n\na\n-------\n$x*y*z$"},
	})
}

// A price is no math, and math that never ends is text.
func TestDollarsThatAreNoMath(t *testing.T) {
	table(t, 80, [][2]string{
		{"costs *$5* and *$10*", "costs $5 and $10"},
		{"$5 and *a*, $10-$20 *b*, US$3", "$5 and a, $10-$20 b, US$3"},
		{"$ *x* $ and *y* $", "$ x $ and y $"},
		{"`$a*` and *b* `c$`", "$a* and b c$"},
		{"- costs $$\n- *one* $$ more", "- costs $$\n- one $$ more"},
		{"> - a\n>   b $$\n> - *c* $$\n\nd", "| - a b $$\n| - c $$\n\nd"},
		{"> costs $$\n# *one* $$\n", "| costs $$\n\none $$"},
		{"Costs $$ a lot:\n- **one**\n- two\n\n*end*", "Costs $$ a lot:\n- one\n- two\n\nend"},
		{"see \\[\n- **one**\n```\ncode\n```\nend",
			"see \\[\n- one\n\n" + strings.Repeat(" ", 65) + "[1] 1y copies\n  code\n\nend"},
	})
}

func TestLinksLoseNothing(t *testing.T) {
	table(t, 80, [][2]string{
		{`[a](https://x.io "The *title*") <https://y.io>`, `a (https://x.io "The *title*") https://y.io`},
		{`[https://x.io](https://x.io) [a](<b c> 't') ![alt](i.png)`, `https://x.io a (<b c> 't') [image: alt (i.png)]`},
		{"[a][d] [d][] [d] [a][none] [none]\n\n[d]: <https://x.io> \"T\"",
			"a[d] [d][] [d] [a][none] [none]\n\n[d]: <https://x.io> \"T\""},
		{"[d][ ] [a\\\\][d] ![d][]\n\n[d]: u", "[d][ ] a\\[d] [image: [d][]]\n\n[d]: u"},
		{"[Note]: this is text\n\n[x] [Note]", "[Note]: this is text\n\n[x] [Note]"},
		{"a &amp;amp; \\&lt; &#x41; &nosuch; & b", "a &amp; &lt; A &nosuch; & b"},
	})
	got := strings.Join(draw(t, testStyles(t), 40, "[docs][D]\n\n[d]: https://x.io"), "")
	if n := strings.Count(got, "\x1b]8;;https://x.io\x1b\\"); n < 2 {
		t.Errorf("the reference opens nothing: %q", got)
	}
}

// A definition changes how what refers to it is drawn, and moves no line.
func TestADefinitionThatComesLate(t *testing.T) {
	st := testStyles(t)
	head := "Words that fill most of the line, then [docs][d] and [^1] and more words behind.\n\nNext.\n\n"
	tail := "[d]: https://x.io\n[^1]: The note.\n"
	m := New(testKit(), st, 47)
	before := slices.Clone(grow(t, m, head))
	after := grow(t, m, tail)
	if got := ansi.Strip(strings.Join(before, "")); !strings.Contains(got, "[docs][d]") || !strings.Contains(got, "[^1]") {
		t.Errorf("before the definitions: %q", got)
	}
	if got := ansi.Strip(strings.Join(after, "")); !strings.Contains(got, " docs[d]") || !strings.Contains(got, "[1]") {
		t.Errorf("after the definitions: %q", got)
	}
	for i, l := range before {
		if a, b := strings.Fields(ansi.Strip(l)), strings.Fields(ansi.Strip(after[i])); len(a) != len(b) {
			t.Errorf("line %d moved: %q, then %q", i, a, b)
		}
	}
	if got := grow(t, New(testKit(), st, 47), head+tail); !slices.Equal(got, after) {
		t.Errorf("in one piece it is\n%s\nnot\n%s", plainText(got), plainText(after))
	}
}
