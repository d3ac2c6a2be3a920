package transcript

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

const talk = "A limit per request is not enough: 50 workers with **3 attempts** each are still `150 calls` at the " +
	"worst moment.\n\n" +
	"- a first attempt earns 0.2 of a retry, and that is all that there is to it\n\n```go\n" +
	"func spend(ctx context.Context, n int, budget *Budget) error {\n\treturn nil\n}\n```\n\nDone."

func TestDraggingCopies(t *testing.T) {
	for _, tt := range []struct{ name, from, to, want, shown string }{
		{"in a line", "limit", "request", "limit per request", "limit per request"},
		{"backwards", "request", "l", "limit per r", "limit per r"},
		{"a wrapped paragraph is one line", "A limit", "moment.",
			"A limit per request is not enough: 50 workers with 3 attempts each are still 150 calls at the worst moment.",
			"A limit per request is not enough: 50\nworkers with 3 attempts each are still\n150 calls at the worst moment."},
		{"an item is one line", "• a first", "to it",
			"• a first attempt earns 0.2 of a retry, and that is all that there is to it",
			"• a first attempt earns 0.2 of a retry,\nand that is all that there is to it"},
		{"code without panel and marks", "func", "nil",
			"func spend(ctx context.Context, n int, budget *Budget) error {\n    return nil",
			"func spend(ctx context.Context, n\nint, budget *Budget) error {\n    return nil"},
		{"past what is ours", "to it", "func", "to it\n\nfunc", "to it\nfunc"},
		{"a question and its answer", "what", "A limit", "what now?\n\nA limit", "what now?\nA limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t, 42, 30, question(1, "what now?"), ended(2, talk, relay.StatusOK))
			if got := r.drag(tt.from, tt.to); got != tt.want {
				t.Errorf("copied\n%q\nwant\n%q", got, tt.want)
			}
			if got := r.shown(); got != tt.shown {
				t.Errorf("marked\n%q\nwant\n%q", got, tt.shown)
			}
			r.screen() // no line has another width
		})
	}
}

// Only text can be marked: neither the margin nor the cells after the end of a line, wherever the mouse is.
func TestMarkingIsTextOnly(t *testing.T) {
	r := open(t, 42, 30, question(1, "what now?"), ended(2, talk, relay.StatusOK))
	_, y := r.at("func", 0)
	r.down(0, y)
	r.move(200, y+2)
	if got, _ := r.up(200, y+2); got != "func spend(ctx context.Context, n int, budget *Budget) error {\n    return nil" {
		t.Errorf("copied %q", got)
	}
	r.later()
	_, y = r.at("Done.", 0)
	r.down(20, y) // behind the text
	r.move(30, y+1)
	if got, _ := r.up(30, y+1); strings.Contains(got, "Done") || !strings.HasPrefix(got, "gpt-4.1") {
		t.Errorf("copied %q", got)
	}
	r.down(20, y)
	r.move(30, y)
	if got, what := r.up(30, y); got != "" || what != "" || r.shown() != "" {
		t.Errorf("nothing was marked, but %q is copied", got)
	}
}

func TestMarkingTakesWholeCharacters(t *testing.T) {
	r := open(t, 42, 20, question(1, "hi"), ended(2, "ab 漢字かな 👩‍👩‍👧‍👦 e\u0301x ok", relay.StatusOK))
	x, y := r.at("字", 0)
	r.down(x+1, y) // its right half
	to, _ := r.at("👩", 0)
	r.move(to, y) // its left half
	if got, _ := r.up(to, y); got != "字かな 👩‍👩‍👧‍👦" || r.shown() != got {
		t.Errorf("copied %q, marked %q", got, r.shown())
	}
	if !strings.Contains(r.screen(), "ab 漢字かな 👩‍👩‍👧‍👦 éx ok") {
		t.Errorf("the line is another now:\n%s", r.screen())
	}
}

// The cells that are painted as marked hold the text that is copied.
func TestCutAgreesWithTheScreen(t *testing.T) {
	r := open(t, 42, 20)
	line := "  " + r.look.Styles.Accent.Paint("a 漢字 ") + "e\u0301" +
		r.look.Styles.Text.On(style.Panel).Paint("👩‍👩‍👧‍👦x🇫🇷 ") + "zz   "
	row := widget.Row{Line: line, Seam: widget.Seam{From: 2, To: 17}}
	for a := range 20 {
		for b := range 20 {
			part, from, to := cut(&row, a, b)
			if got := ansi.Strip(ansi.Cut(line, from, to)); got != part || ansi.StringWidth(part) != to-from {
				t.Errorf("%d..%d: %q in the cells %d..%d, where %q stands", a, b, part, from, to, got)
			}
			if part != "" && (from < 2 || from > a && a >= 2 || to < min(b, 17)) {
				t.Errorf("%d..%d became %d..%d", a, b, from, to)
			}
		}
	}
}

// TestWhatIsMarkedIsCopied drags between any two places: what is seen to be marked is copied, but for blanks and
// line ends.
func TestWhatIsMarkedIsCopied(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for name, views := range scenes() {
		for _, size := range [][2]int{{78, 20}, {40, 32}} {
			r := open(t, size[0], size[1], views...)
			for range 200 {
				x, y := dice.IntN(r.look.Width), 1+dice.IntN(r.look.Height)
				to, end := dice.IntN(r.look.Width), 1+dice.IntN(r.look.Height)
				r.later()
				r.down(x, y)
				r.move(to, end)
				got, _ := r.up(to, end)
				if seen := r.shown(); squeeze(seen) != squeeze(got) {
					t.Fatalf("%s: from %d, %d to %d, %d\n%q is copied\n%q is marked:\n%s", name, x, y, to, end, got, seen, r.screen())
				}
				if got != strings.Trim(got, "\n") || strings.Contains(got, " \n") || strings.ContainsAny(got, "↪▌") {
					t.Fatalf("%s: from %d, %d to %d, %d\n%q is copied", name, x, y, to, end, got)
				}
			}
			r.screen()
		}
	}
}

func TestClicksMarkWordsAndLines(t *testing.T) {
	answer := "See https://example.org/a/path/that/is/torn?here=1&so=2, or (b.mu.Lock) in well-\nknown code.\n\n" + talk
	r := open(t, 42, 30, question(1, "what now?"), ended(2, answer, relay.StatusOK))
	click := func(s string, n int) (got, what string) {
		t.Helper()
		r.later()
		x, y := r.at(s, 0)
		for range n {
			r.down(x, y)
			got, what = r.up(x, y)
		}
		return got, what
	}
	for _, tt := range []struct {
		at         string
		n          int
		want, what string
	}{
		{"torn", 1, "", ""},
		{"torn", 2, "https://example.org/a/path/that/is/torn?here=1&so=2", "the word"},
		{"mu", 2, "b.mu.Lock", "the word"},
		{"(b", 2, "(", "the word"},
		{"code.", 2, "code", "the word"},
		{"func", 2, "func", "the word"},
		{"budget *", 3, "func spend(ctx context.Context, n int, budget *Budget) error {", "the line"},
		{"150", 3,
			"A limit per request is not enough: 50 workers with 3 attempts each are still 150 calls at the worst moment.",
			"the line"},
		{"Done", 4, "", ""}, // the fourth is a first one
	} {
		if got, what := click(tt.at, tt.n); got != tt.want || what != tt.what {
			t.Errorf("%d clicks at %q copied %s %q, want %s %q", tt.n, tt.at, what, got, tt.what, tt.want)
		}
	}
	x, y := r.at("Done", 0)
	r.down(x, y)
	r.up(x, y)
	r.later()
	r.down(x, y)
	if got, _ := r.up(x, y); got != "" {
		t.Errorf("two slow clicks copied %q", got)
	}
	x, y = r.at("limit", 0) // a word, and on to another one
	r.down(x, y)
	r.up(x, y)
	r.down(x+2, y)
	if got, _ := r.up(x+2, y); got != "" {
		t.Errorf("two clicks apart copied %q", got)
	}
	r.later()
	r.down(x, y)
	r.up(x, y)
	r.down(x, y)
	x, y = r.at("enough", 0)
	r.move(x+2, y)
	if got, _ := r.up(x+2, y); got != "limit per request is not enough" {
		t.Errorf("word by word copied %q", got)
	}
}

func TestDraggingPastAnEdgeScrolls(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		b.WriteString("line " + string(rune('A'+i%26)) + " of many\n\n")
	}
	r := open(t, 42, 16, question(1, "top question"), ended(2, b.String()+"last words", relay.StatusOK))
	x, y := r.at("last words", 0)
	r.down(x+3, y)
	r.move(x, y)
	r.move(x, -1) // and goes on by itself until the top is there
	if got := r.screen(); !strings.Contains(got, "top question") {
		t.Fatalf("it did not scroll:\n%s", got)
	}
	got, _ := r.up(x, -1)
	if !strings.HasPrefix(got, "top question\n\nline A of many\n\nline B") || !strings.HasSuffix(got, "of many\n\nlast") {
		t.Errorf("copied %q", got)
	}
	r.later()
	x, y = r.at("question", 0)
	r.down(x, y)
	r.move(x, 40)
	if got, _ := r.up(x, 40); !strings.HasPrefix(got, "question\n\nline A") ||
		!strings.Contains(got, "last words\ngpt-4.1") {
		t.Errorf("copied %q", got)
	}
	r.send(rollMsg(r.marked.serial)) // one that comes late
	if !strings.Contains(r.screen(), "last words") || r.marked.held {
		t.Error("a late step scrolled")
	}
}

// The marking ends when its text changes, and a view that stopped for it follows again.
func TestAMarkingEndsWithItsText(t *testing.T) {
	p := open(t, 80, 24, append(long(3), question(7, "and now?"), live(8, "one two three four", session.Streaming))...)
	if got := p.drag("one", "two"); got != "one two" || p.Following() {
		t.Fatalf("copied %q, follows: %t", got, p.Following())
	}
	p.views[len(p.views)-1].Text = "six two three"
	p.grow("")
	if got, _ := p.Marked(); got != "" || p.shown() != "" || !p.Following() {
		t.Errorf("%q is marked, follows: %t", got, p.Following())
	}
}

// If the message at the top of the view is not on the new path of the chat, the view follows the end.
func TestAPlaceThatIsGone(t *testing.T) {
	p := open(t, 80, 24, long(9)...)
	p.Top()
	p.views = append(long(2), question(77, "another path"))
	p.views = p.views[1:]
	p.show()
	if !p.Following() || !strings.Contains(p.screen(), "another path") {
		t.Errorf("does not follow:\n%s", p.screen())
	}
}
