package markdown

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"

	"relaytop/themes"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// sign is a letter, digit or mark of a source that is no blank.
type sign struct {
	r   rune
	may bool   // it may be left out
	alt []rune // what may stand in its place
}

// signs returns the signs of a source, with what a second reading lets go.
func signs(r *reader) []sign {
	var out []sign
	for i, c := range r.text {
		alt := []rune(dense(r.alt[i]))
		for k, d := range []rune(norm.NFD.String(string(c))) {
			if s := (sign{r: d, may: r.may[i]}); !unicode.IsSpace(d) || len(alt) > 0 {
				if k == 0 {
					s.alt = alt
				}
				out = append(out, s)
			}
		}
	}
	return out
}

// dense is a text without its blanks, decomposed rune by rune: marks keep their order.
func dense(s string) string {
	if s == anyNumber {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		for _, d := range norm.NFD.String(string(c)) {
			if !unicode.IsSpace(d) {
				b.WriteRune(d)
			}
		}
	}
	return b.String()
}

// chrome are the signs on a screen that are ours: bullets, tasks, bars, rules and the mark of a wrapped line.
const chrome = "•✓○│─↪"

var copyKey = regexp.MustCompile(`\[\d+\] \d+y copies *$`)

// screen returns the signs on a screen without styles, and without the number and the key above code.
func screen(lines []string) []rune {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(copyKey.ReplaceAllString(ansi.Strip(l), "") + "\n")
	}
	return []rune(dense(b.String()))
}

// at is a place between two signs of a source, or within what stands in the place of one.
type at struct{ i, k int }

// follow matches a screen with the signs of a source in their order. It returns how far it came.
func follow(src []sign, seen []rune) (srcAt, seenAt int, ok bool) {
	now := map[at]bool{{}: true}
	furthest := 0
	for n, r := range seen {
		next := map[at]bool{}
		for s := range now {
			step(src, s, r, next)
			if strings.ContainsRune(chrome, r) {
				next[s] = true
			}
		}
		if len(next) == 0 {
			return furthest, n, false
		}
		for s := range next {
			furthest = max(furthest, s.i)
		}
		now = next
	}
	for s := range now {
		rest := src[s.i:]
		if s.k > 0 && len(rest) > 0 {
			rest = rest[1:]
		}
		if !slices.ContainsFunc(rest, func(s sign) bool { return !s.may }) {
			return len(src), len(seen), true
		}
	}
	return furthest, len(seen), false
}

// step adds where a sign on the screen leads from s.
func step(src []sign, s at, r rune, next map[at]bool) {
	number := func(i int) bool { return string(src[i].alt) == anyNumber }
	if s.k > 0 {
		c := src[s.i]
		switch {
		case number(s.i):
			if unicode.IsDigit(r) {
				next[s] = true
			}
		case c.alt[s.k] == r && s.k+1 < len(c.alt):
			next[at{s.i, s.k + 1}] = true
			return
		case c.alt[s.k] == r:
			next[at{s.i + 1, 0}] = true
			return
		default:
			return
		}
		s = at{s.i + 1, 0}
	}
	for i := s.i; i < len(src); i++ {
		c := src[i]
		if c.r == r {
			next[at{i + 1, 0}] = true
		}
		switch {
		case number(i) && unicode.IsDigit(r):
			next[at{i, 1}] = true
		case number(i):
		case len(c.alt) == 1 && c.alt[0] == r:
			next[at{i + 1, 0}] = true
		case len(c.alt) > 1 && c.alt[0] == r:
			next[at{i, 1}] = true
		}
		if !c.may {
			return
		}
	}
}

func signStyles(t testing.TB) *style.Styles {
	t.Helper()
	th, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, style.Options{Generation: 1})
}

// wide is a width at which no cell of a table wraps: side by side, the lines of cells would be in another order.
const wide = 1000

// sameSigns compares a source with its screen: in their order where nothing wraps, as a bag at a narrow width.
func sameSigns(t testing.TB, st *style.Styles, s string, narrow int) {
	t.Helper()
	s = text.Clean(s)
	src := signs(read(s))
	lines := draw(t, st, wide, s)
	seen := screen(lines)
	// A break in a cell puts lines of cells side by side.
	inCells := strings.Contains(s, "|") && strings.Contains(strings.ToLower(s), "<br")
	if i, n, ok := follow(src, seen); !ok && !inCells {
		t.Fatalf("the screen leaves the text at sign %d (%s), at %q:\n%q\n%s", i, around(src, i),
			string(seen[max(0, n-20):min(len(seen), n+20)]), s, plainText(lines))
	}
	bag := map[rune]int{}
	for _, r := range screen(draw(t, st, narrow, s)) {
		bag[r]++
	}
	for _, c := range src {
		if bag[c.r]--; !c.may && bag[c.r] < 0 && !unicode.IsSpace(c.r) {
			t.Errorf("at %d cells %q is missing:\n%q\n%s", narrow, c.r, s, plainText(draw(t, st, narrow, s)))
			return
		}
		if c.may {
			bag[c.r]++
		}
	}
}

func around(src []sign, at int) string {
	var b strings.Builder
	for i := max(0, at-15); i < min(len(src), at+15); i++ {
		if i == at {
			b.WriteString("<HERE>")
		}
		b.WriteRune(src[i].r)
	}
	return b.String()
}

// answers are texts as models write them.
func answers(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/answers/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no answers: %v", err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = string(b)
	}
	return out
}

// TestEverySignIsOnTheScreen: nothing of an answer is eaten and nothing is made up.
func TestEverySignIsOnTheScreen(t *testing.T) {
	st := signStyles(t)
	for name, s := range answers(t) {
		t.Run(name, func(t *testing.T) {
			for _, w := range []int{12, 20, 40, 80, 120} {
				sameSigns(t, st, s, w)
			}
			var codes []string
			for _, c := range CodeBlocks(s) {
				codes = append(codes, c.Text)
			}
			if want := read(s).code; !slices.Equal(codes, want) {
				t.Errorf("code blocks are\n%q\nnot\n%q", codes, want)
			}
		})
	}
}

// TestTheReadingNoticesLosses: the comparison fails if a sign is lost, made up or moved.
func TestTheReadingNoticesLosses(t *testing.T) {
	for _, c := range []struct {
		src, screen string
		ok          bool
	}{
		{"3~5 **b**", "3~5 b", true}, {"3~5 ~6", "35 6", false}, {"**b", "b", false}, {"a * b * c", "a b c", false},
		{`\(a\) \*`, `\(a\) *`, true}, {`\(a\)`, "(a)", false}, {"$5 *x* $6", "$5 x $6", true},
		{"$a*b*c$", "$abc$", false}, {"# C#", "C#", true}, {"# C#", "C", false}, {"a\n---\nb", "a b", true},
		{"```\na*b*\n```", "a*b*", true}, {"```\na*b*\n```", "ab", false}, {"a &amp; b", "a & b", true},
		{"a &amp; b", "a b &", false}, {"- a\n- b", "• a\n• b", true}, {"1. a\n1. b", "1. a\n2. b", true},
		{"a b", "a c b", false}, {"[a](b \"c\")", "a (b \"c\")", true}, {"[a](b \"c\")", "a (b)", false},
		{"~/x and ~/y", "/x and /y", false}, {"snake_case_x", "snakecasex", false}, {"`a*`", "a*", true},
		{"| a |\n|---|\n| b | c |", "a\n────\nb c", true}, {"| a |\n|---|\n| b | c |", "a\n────\nb", false},
		{"$$\n- a\n$$", "$$\n- a\n$$", true}, {"$$\n- a\n$$", "$$\n• a\n$$", false},
		{"- b\n  $$\n  - a $$", "• b\n$$\n• a $$", false}, {"- $$ b\n- a $$", "• $$ b\n• a $$", true},
		{"- b\n$$\n- a $$", "• b\n$$\n• a $$", false}, {"> $$\n# a $$", "│ $$\na $$", true},
		{"\\begin{x}\n# a\n\\end{x}", "\\begin{x}\na\n\\end{x}", false},
		{"[a](b(c \"d\")", "a (b(c \"d\")", true}, {"[a] (b)", "a (b)", false}, {"[a [b](c)](d)", "a b (c)(d)", false},
		{"和**「引」**后", "和「引」后", true}, {"> [!NOTE]\n> x", "│ NOTE\n│ x", true},
	} {
		if _, _, ok := follow(signs(read(c.src)), screen(strings.Split(c.screen, "\n"))); ok != c.ok {
			t.Errorf("%q as %q: %v", c.src, c.screen, ok)
		}
	}
}

// FuzzEverySignIsOnTheScreen reads any text.
func FuzzEverySignIsOnTheScreen(f *testing.F) {
	for _, s := range answers(f) {
		for part := range strings.SplitSeq(s, "\n\n") {
			f.Add(part, uint8(40))
		}
	}
	st := signStyles(f)
	f.Fuzz(func(t *testing.T, s string, w uint8) {
		if len(s) > 2000 {
			return
		}
		for line := range strings.Lines(s) {
			if len(line) > 500 { // the name of a fence that is wider than the screen is cut
				return
			}
		}
		sameSigns(t, st, s, 12+int(w)%120)
	})
}

// pieces are what answers are made of.
var pieces = []string{
	"a", "word ", "5", " ", " ", "\n", "\n", "\n\n", "    ", "  ", "字", "「", "」", "。", "한", "(", ")", ".", ":", "!",
	"*", "**", "***", "_", "__", "~", "~~", "`", "``", "```\n", "```go\n", "~~~\n", "\\", "\\(", "\\)", "\\[", "\\]",
	"\\{", "\\,", "$", "$$", "$5 ", "$x$", "&amp;", "&", "<br>", "<https://a.b>", "<", ">", "> ", "\n> ", "\n>", "- ",
	"\n- ", "\n  - ", "\n1. ", "\n3. ", "\n* ", "+ ", "# ", "\n# ", "#", "\n---\n", "\n===\n", "\n***\n", "|", " | ",
	"\n| a | b |\n|---|---|\n| c | d |", "[", "]", "[a](b)", "[a](b \"c\")", "![a](b)", "[a][d]", "[d]",
	"\n\n[d]: u\n", "[^1]", "\n[^1]: ", "\n> [!NOTE]\n> ", "[x] ", "\n\n    ", "\n   ", "https://a.b/c_d ", "a_b",
	"~/x", "C#",
}

// FuzzPiecesOfMarkdown puts pieces together, which finds what bytes alone would not.
func FuzzPiecesOfMarkdown(f *testing.F) {
	for i := range pieces {
		f.Add([]byte{byte(i), byte(i * 7), byte(i * 31), 5, byte(i * 13), byte(i)}, uint8(i))
	}
	st := signStyles(f)
	f.Fuzz(func(t *testing.T, picks []byte, w uint8) {
		if len(picks) > 60 {
			return
		}
		var parts []string
		for _, p := range picks {
			parts = append(parts, pieces[int(p)%len(pieces)])
		}
		width := 12 + int(w)%120
		sameSigns(t, st, strings.Join(parts, ""), width)
		sameHoweverItCame(t, st, parts, width)
	})
}

// sameHoweverItCame draws a text that comes in parts, while it goes on and at its end.
func sameHoweverItCame(t testing.TB, st *style.Styles, parts []string, width int) {
	t.Helper()
	all := strings.Join(parts, "")
	if got, want := draw(t, st, width, parts...), draw(t, st, width, all); !slices.Equal(got, want) {
		t.Errorf("%q in %d parts is\n%s\nnot\n%s", all, len(parts), plainText(got), plainText(want))
	}
	got, want := grow(t, New(testKit(), st, width), parts...), grow(t, New(testKit(), st, width), all)
	if !slices.Equal(got, want) {
		t.Errorf("%q going on in %d parts is\n%s\nnot\n%s", all, len(parts), plainText(got), plainText(want))
	}
}
